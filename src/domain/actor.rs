//! Who acts, when, and what each role may do.

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

use super::ids::{ControllerId, Id, RequestId, UserId};

/// How a history names the person whose case it is.
pub const SUBJECT: &str = "subject";

/// What a user is for one controller. A user may hold several roles, for one controller or many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sets up the controller: people, systems, data map, calendar. Sees no case.
    Admin,
    /// Decides and releases.
    Dpo,
    /// Works cases, but neither decides nor releases.
    Handler,
    /// Logs requests, and reads nothing back.
    Agent,
    /// Answers for one system.
    DataOwner,
    /// Reads the history, never the person's data.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Dpo, Self::Handler, Self::Agent, Self::DataOwner, Self::Auditor];

    /// The name used in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Dpo => "dpo",
            Self::Handler => "handler",
            Self::Agent => "agent",
            Self::DataOwner => "data_owner",
            Self::Auditor => "auditor",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == text)
    }
}

/// What somebody wants to do with a controller or one of its cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Log a request.
    LogRequest,
    /// Read a case with its dates and history, without the person's data.
    ReadHistory,
    /// Read who the person is and what was found.
    ReadSubject,
    /// Acknowledge, decide on identity, pause, resume, assign, note, withdraw, search, build a
    /// package and look at it.
    WorkCase,
    /// Decide on rights and extension, confirm identity, correct the receipt, close, reopen.
    DecideCase,
    /// Release a package, and download it from then on.
    Release,
    /// Open the file of a case with its proof: with the person's data only for who may read it.
    ReadCaseFile,
    /// Answer for a system that no connector reaches.
    AnswerSystem,
    /// Read the settings of a controller.
    ReadController,
    /// Read checkpoints and proofs of the history, which say nothing of any case.
    ReadProof,
    /// Change the data map.
    EditDataMap,
    /// Word the letters of the controller.
    EditLetterTexts,
    /// Say how long the controller keeps its cases.
    EditRetention,
    /// Change the controller's settings, people and systems.
    Administer,
}

impl Role {
    /// The one policy: what a role may do for its controller.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => matches!(
                permission,
                P::Administer
                    | P::EditDataMap
                    | P::EditLetterTexts
                    | P::EditRetention
                    | P::ReadController
                    | P::ReadProof
            ),
            Self::Dpo => !matches!(permission, P::Administer),
            Self::Handler => matches!(
                permission,
                P::LogRequest
                    | P::ReadHistory
                    | P::ReadSubject
                    | P::WorkCase
                    | P::AnswerSystem
                    | P::ReadController
            ),
            Self::Agent => matches!(permission, P::LogRequest),
            Self::DataOwner => matches!(permission, P::AnswerSystem),
            Self::Auditor => {
                matches!(
                    permission,
                    P::ReadHistory | P::ReadCaseFile | P::ReadController | P::ReadProof
                )
            }
        }
    }
}

/// A signed-in user with the memberships that the database gave on this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    pub id: UserId,
    /// An operator runs the instance and sees no case.
    pub is_operator: bool,
    pub memberships: Vec<(ControllerId, Role)>,
}

impl StaffMember {
    /// Whether one of the roles held for this controller allows it.
    #[must_use]
    pub fn may(&self, controller: ControllerId, permission: Permission) -> bool {
        self.memberships.iter().any(|(id, role)| *id == controller && role.may(permission))
    }

    /// Whether the user opens a case that was put away: who decides, and who reads its file for proof
    /// and not the person's data.
    #[must_use]
    pub fn may_open_put_away(&self, controller: ControllerId) -> bool {
        self.may(controller, Permission::DecideCase)
            || (self.may(controller, Permission::ReadCaseFile)
                && !self.may(controller, Permission::ReadSubject))
    }

    /// Whether the user belongs to this controller at all, and so may know that it exists.
    #[must_use]
    pub fn belongs_to(&self, controller: ControllerId) -> bool {
        self.memberships.iter().any(|(id, _)| *id == controller)
    }

    /// The controllers for which a role allows it, each once.
    #[must_use]
    pub fn scope_where(&self, permission: Permission) -> Scope {
        self.scope_of(|role| role.may(permission))
    }

    /// Every controller that the user belongs to, in whatever role.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope_of(|_| true)
    }

    fn scope_of(&self, wanted: impl Fn(Role) -> bool) -> Scope {
        let held = self.memberships.iter().filter(|(_, role)| wanted(*role));
        let mut ids: Vec<ControllerId> = held.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        Scope(ids)
    }
}

/// The controllers whose data a query may touch. Made only from memberships read on this call, or
/// from the job at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Vec<ControllerId>);

impl Scope {
    /// Where the portal of a controller looks for a case, before anybody has opened one.
    #[must_use]
    pub fn of_portal(controller: ControllerId) -> Self {
        Self(vec![controller])
    }

    /// The scope of a job: the controller that its row names.
    #[must_use]
    pub fn of_job(controller: ControllerId) -> Self {
        Self(vec![controller])
    }

    /// The same scope for one of its controllers; nothing when it is not among them.
    #[must_use]
    pub fn narrowed_to(&self, controller: ControllerId) -> Option<Self> {
        self.0.contains(&controller).then(|| Self(vec![controller]))
    }

    /// The controllers, each once.
    #[must_use]
    pub fn controllers(&self) -> &[ControllerId] {
        &self.0
    }
}

/// The one case that a session of the portal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnCase {
    pub controller: ControllerId,
    pub request: RequestId,
    /// Tells this visit of the case from others; nobody can open one by it.
    pub visit: u32,
}

impl OwnCase {
    /// What a query of this session may touch; of that, [`OwnCase::request`] alone.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope(vec![self.controller])
    }
}

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Staff(StaffMember),
    /// The person, or whoever acts for them, in the portal: with their own case alone.
    Subject(OwnCase),
    /// The engine room, carrying out a job.
    Worker,
    /// The person at the keyboard of the server, on the command line.
    CommandLine,
}

impl Actor {
    /// Refuses unless one of the roles held for this controller allows it.
    ///
    /// # Errors
    /// When it does not.
    pub fn permit(
        &self,
        controller: ControllerId,
        permission: Permission,
    ) -> Result<(), NotPermitted> {
        match self {
            Self::Staff(member) if member.may(controller, permission) => Ok(()),
            // The verbs of the portal are a person's own: no permission of staff is among them.
            Self::Staff(_) | Self::Subject(_) => Err(NotPermitted),
            Self::Worker | Self::CommandLine => Ok(()),
        }
    }

    /// How the history names the actor: an id, never a name.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Staff(member) => format!("user:{}", member.id),
            Self::Subject(_) => SUBJECT.to_owned(),
            Self::Worker => "worker".to_owned(),
            Self::CommandLine => "command-line".to_owned(),
        }
    }
}

/// No role of the actor allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no role allows it")]
pub struct NotPermitted;

/// The edge's gift to a verb: who acts and when.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub actor: Actor,
    pub now: DateTime<Utc>,
}

impl Ctx {
    /// A new identifier that sorts by the time of the verb.
    #[must_use]
    pub fn new_id<T: Id>(&self) -> T {
        let seconds = u64::try_from(self.now.timestamp()).unwrap_or(0);
        let context = ContextV7::new();
        let timestamp = Timestamp::from_unix(&context, seconds, self.now.timestamp_subsec_nanos());
        T::from_uuid(Uuid::new_v7(timestamp))
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, Role};

    #[test]
    fn a_role_reads_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("owner"), None);
    }

    #[test]
    fn only_the_dpo_decides_and_releases_and_only_the_admin_administers() {
        for role in Role::ALL {
            assert_eq!(role.may(Permission::Release), role == Role::Dpo);
            assert_eq!(role.may(Permission::DecideCase), role == Role::Dpo);
            assert_eq!(role.may(Permission::Administer), role == Role::Admin);
        }
        assert!(!Role::Agent.may(Permission::ReadHistory));
        assert!(!Role::Auditor.may(Permission::ReadSubject));
    }
}
