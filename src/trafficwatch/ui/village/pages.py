# SPDX-License-Identifier: GPL-3.0-or-later
"""All pages of the village desk that no other desk has."""

from __future__ import annotations

from trafficwatch.ui.exchange.laptops import LaptopsPage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.attachment import AttachmentPage
from trafficwatch.ui.village.attachments import AttachmentAddPage, AttachmentsPage
from trafficwatch.ui.village.care_entry import CareEntryPage
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_paper import CasePaperPage
from trafficwatch.ui.village.check_in import CheckInPage
from trafficwatch.ui.village.closing import ClosingPage
from trafficwatch.ui.village.connect import ConnectPage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.directory import InstitutionsPage
from trafficwatch.ui.village.disclosure import DisclosurePage
from trafficwatch.ui.village.duplicates import DuplicatesPage
from trafficwatch.ui.village.follow_up import FollowUpPage
from trafficwatch.ui.village.follow_ups import FollowUpsPage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.import_residents import ImportResidentsPage
from trafficwatch.ui.village.journey import JourneyPage
from trafficwatch.ui.village.journey_edit import JourneyEditPage
from trafficwatch.ui.village.own_data import OwnDataPage
from trafficwatch.ui.village.paper_entry import PaperEntryPage
from trafficwatch.ui.village.protection import ProtectionPage
from trafficwatch.ui.village.recruiter import RecruiterPage
from trafficwatch.ui.village.recruiter_edit import RecruiterEditPage
from trafficwatch.ui.village.recruiters import RecruitersPage
from trafficwatch.ui.village.referral import ReferralPage
from trafficwatch.ui.village.referrals import ReferralsPage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_delete import ResidentDeletePage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.resident_paper import ResidentPaperPage
from trafficwatch.ui.village.residents import ResidentsPage
from trafficwatch.ui.village.residents_out import ListExportPage, ListPrintPage
from trafficwatch.ui.village.screening import ScreeningPage
from trafficwatch.ui.village.screening_print import ScreeningPrintPage
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.ui.village.screenings import ScreeningsPage
from trafficwatch.ui.village.send import SendPage
from trafficwatch.ui.village.sign_note import SignNotePage
from trafficwatch.ui.village.sign_notes import SignNotesPage
from trafficwatch.ui.village.todo import TodoPage
from trafficwatch.ui.village.training import TrainingCasePage, TrainingPage
from trafficwatch.ui.village.visit import VisitPage
from trafficwatch.ui.village.visitor import VisitorPage
from trafficwatch.ui.village.visitors import VisitorsPage

PAGES: tuple[type[Page], ...] = (
    AttachmentPage,
    AttachmentAddPage,
    AttachmentsPage,
    ConnectPage,
    ConsentPage,
    DuplicatesPage,
    HomePage,
    InstitutionsPage,
    ReferralPage,
    ReferralsPage,
    ResidentPage,
    ResidentEditPage,
    ResidentDeletePage,
    ResidentPaperPage,
    LaptopsPage,
    JourneyPage,
    JourneyEditPage,
    VisitPage,
    CheckInPage,
    TodoPage,
    FollowUpPage,
    FollowUpsPage,
    PersonCasePage,
    CareEntryPage,
    CasePaperPage,
    ClosingPage,
    DisclosurePage,
    ProtectionPage,
    RecruiterPage,
    RecruiterEditPage,
    RecruitersPage,
    VisitorPage,
    VisitorsPage,
    ImportResidentsPage,
    ListExportPage,
    ListPrintPage,
    OwnDataPage,
    PaperEntryPage,
    SignNotePage,
    SignNotesPage,
    TrainingCasePage,
    TrainingPage,
    ResidentsPage,
    ScreeningPage,
    ScreeningPrintPage,
    ScreeningResultPage,
    ScreeningsPage,
    SendPage,
)
