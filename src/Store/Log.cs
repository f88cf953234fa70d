using Microsoft.Extensions.Logging;

namespace Ringwright.Store;

/// <summary>Ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1101, LogLevel.Information,
        "Database {Path} open: {Library}, schema version {Version}, {Applied} migrations applied, epoch {Epoch}")]
    public static partial void DatabaseOpen(this ILogger logger, string path, string library, int version, int applied, uint epoch);

    [LoggerMessage(1102, LogLevel.Warning, "Database is locked by another program; {Jobs} writes are tried again (try {Tries})")]
    public static partial void CommitRepeated(this ILogger logger, Exception why, int jobs, int tries);

    [LoggerMessage(1103, LogLevel.Error, "Database commit failed; {Jobs} writes are lost")]
    public static partial void CommitFailed(this ILogger logger, Exception why, int jobs);

    [LoggerMessage(1104, LogLevel.Critical, "The ledger cannot be written: no new calls, live calls end")]
    public static partial void LedgerFailed(this ILogger logger, Exception why);

    [LoggerMessage(1105, LogLevel.Error, "Event {Type} of {Subject} was refused by the database and is lost")]
    public static partial void EventRefused(this ILogger logger, Exception why, string type, string subject);

    [LoggerMessage(1106, LogLevel.Error, "A projector failed on event {Type} of {Subject}: the event is kept, its webhook is not sent")]
    public static partial void ProjectionFailed(this ILogger logger, Exception why, string type, string subject);

    [LoggerMessage(1107, LogLevel.Information, "{Legs} legs were alive when the node stopped; each gets its end event now")]
    public static partial void LegsRecovered(this ILogger logger, int legs);

    [LoggerMessage(1108, LogLevel.Error,
        "The ledger's queue is full ({Bound} events): the calls that are up end, and what else happens in them is lost")]
    public static partial void LedgerFull(this ILogger logger, int bound);

    [LoggerMessage(1109, LogLevel.Warning,
        "A registration could not be written; after a restart its phone is unknown until it registers again")]
    public static partial void RegistrationNotWritten(this ILogger logger, Exception why);

    [LoggerMessage(1112, LogLevel.Warning, "What another node changed could not be read; it is read with the next change")]
    public static partial void ChangeNotRead(this ILogger logger, Exception why);

    [LoggerMessage(1114, LogLevel.Error, "How leg {Leg} is ended after a crash could not be written")]
    public static partial void RecoveryByeNotKept(this ILogger logger, Exception why, string leg);

    [LoggerMessage(1113, LogLevel.Warning,
        "What was said to the far end of leg {Leg} could not be noted; the next start says it once more")]
    public static partial void RecoveryByeNotForgotten(this ILogger logger, Exception why, string leg);

    [LoggerMessage(1167, LogLevel.Warning,
        "The other nodes cannot be told what this one uses of what is limited, and calls that a "
            + "limit is for are refused while there are others")]
    public static partial void UseNotShared(this ILogger logger, Exception why);

    [LoggerMessage(1166, LogLevel.Warning,
        "A command of node {From} for {Subject} came too late: whoever gave it has been told that it was not done")]
    public static partial void CommandTooLate(this ILogger logger, int from, string subject);

    [LoggerMessage(1165, LogLevel.Warning,
        "Leg {Leg} was never dialled, and its command id could not be let go: for a minute a repeat is told of that leg")]
    public static partial void DialNotReleased(this ILogger logger, Exception why, string leg);

    [LoggerMessage(1115, LogLevel.Error,
        "The database cannot be written: {Reason} No new calls until it can; those that are up go on, "
            + "and what happens in them is kept in memory")]
    public static partial void DatabaseAway(this ILogger logger, string reason);

    [LoggerMessage(1116, LogLevel.Warning, "The database can be written again after {Seconds:F1} s: new calls are taken")]
    public static partial void DatabaseBack(this ILogger logger, double seconds);

    [LoggerMessage(1117, LogLevel.Critical,
        "The database could not be written until the end: {Events} events are lost; the next start ends their calls")]
    public static partial void EventsLostAtStop(this ILogger logger, int events);

    [LoggerMessage(1118, LogLevel.Warning,
        "A commit of the database took {Seconds:F1} s: calls that begin and changes by the API waited for it")]
    public static partial void CommitSlow(this ILogger logger, double seconds);

    [LoggerMessage(1122, LogLevel.Critical,
        "The database {Place} was removed while it is open: no new calls. It is lost when process {Pid} ends: copy it "
            + "from /proc/{Pid}/fd before that")]
    public static partial void DatabaseRemoved(this ILogger logger, string place, int pid);

    [LoggerMessage(1123, LogLevel.Warning, "The database {Place} is in its place again: new calls are taken")]
    public static partial void DatabaseInPlace(this ILogger logger, string place);

    [LoggerMessage(1183, LogLevel.Warning, "A round of {Sweep} has failed; the next one begins {Seconds} s after this one began")]
    public static partial void SweepFailed(this ILogger logger, string sweep, double seconds, Exception why);

    [LoggerMessage(1120, LogLevel.Warning, "Expired media files could not be removed; the next try is in ten minutes")]
    public static partial void MediaNotSwept(this ILogger logger, Exception why);

    [LoggerMessage(1121, LogLevel.Warning, "Months of bundles that have begun could not be charged; the next try is in five minutes")]
    public static partial void BundlesNotCharged(this ILogger logger, Exception why);

    [LoggerMessage(1182, LogLevel.Warning, "Months of numbers that have begun could not be charged; the next try is in five minutes")]
    public static partial void NumbersNotCharged(this ILogger logger, Exception why);

    [LoggerMessage(1125, LogLevel.Warning,
        "A sign that the node is alive could not be written; the next try is in five seconds. Should it be killed now, its calls count "
            + "as ended at the last one")]
    public static partial void LifeNotSigned(this ILogger logger, Exception why);

    [LoggerMessage(1126, LogLevel.Warning, "What is older than it is kept could not be removed; the next try is in an hour")]
    public static partial void OldRowsStay(this ILogger logger, Exception why);

    [LoggerMessage(1127, LogLevel.Information, "Removed, being older than they are kept: {Rows}")]
    public static partial void OldRowsRemoved(this ILogger logger, string rows);

    [LoggerMessage(1152, LogLevel.Warning, "{File} is half a recording that nobody waits for, and cannot be deleted: {Reason}")]
    public static partial void StrayPartLeft(this ILogger logger, string file, string reason);

    [LoggerMessage(1124, LogLevel.Critical,
        "A bug: event {Event} of {Subject} cannot be written and is lost; its call ends. The others go on")]
    public static partial void EventSkipped(this ILogger logger, Exception bug, string @event, string subject);

    [LoggerMessage(1150, LogLevel.Information,
        "{Recordings} recordings were running when the node stopped; what there is of them is saved now")]
    public static partial void RecordingsRecovered(this ILogger logger, int recordings);

    [LoggerMessage(1151, LogLevel.Warning, "There is no file of recording {Recording} of leg {Leg}: {Reason}")]
    public static partial void RecordingLost(this ILogger logger, Guid recording, string leg, string reason);

    [LoggerMessage(1156, LogLevel.Warning, "The file {File} of a recording cannot be brought to the store of files")]
    public static partial void RecordingNotTaken(this ILogger logger, Exception why, string file);

    [LoggerMessage(1153, LogLevel.Warning,
        "Recording {Recording} waits in the folder of parts: {Reason} It is tried again in {Seconds:F0} s")]
    public static partial void RecordingWaits(this ILogger logger, Guid recording, string reason, double seconds);

    [LoggerMessage(1154, LogLevel.Warning, "Recording {Recording} stays in the folder of parts until the next start: {Reason}")]
    public static partial void RecordingLeft(this ILogger logger, Guid recording, string reason);

    [LoggerMessage(1155, LogLevel.Warning,
        "Recordings of account {Tenant} that are older than they are kept could not be deleted; the next try is in an hour")]
    public static partial void OldRecordingsStay(this ILogger logger, Exception why, string tenant);

    [LoggerMessage(1172, LogLevel.Warning,
        "What a snapshot has left whose load was ended in the middle could not be deleted; the next try is in an hour")]
    public static partial void SnapshotFilesStay(this ILogger logger, Exception why);

    [LoggerMessage(1168, LogLevel.Information,
        "Stand-by: another process runs node {Node} on {Place}; this one takes its place when it is dead")]
    public static partial void StandsBy(this ILogger logger, int node, string place);

    [LoggerMessage(1169, LogLevel.Warning,
        "Stand-by: the database {Place} does not answer, and nobody's place is taken meanwhile: {Reason}")]
    public static partial void StandByWaits(this ILogger logger, string place, string reason);

    [LoggerMessage(1160, LogLevel.Warning, "Node {Node} has given no sign of life: its {Messages} webhooks are delivered by this node")]
    public static partial void TakenOver(this ILogger logger, int node, int messages);

    [LoggerMessage(1161, LogLevel.Error,
        "Node {Node} has given no sign of life, and its connection to the database is in use, "
            + "or belongs to another user: its webhooks wait")]
    public static partial void NotTakenOver(this ILogger logger, int node);

    [LoggerMessage(1163, LogLevel.Warning,
        "Node {Node} has not answered a command for one of its calls: whoever sent it is told to try again")]
    public static partial void CommandNotAnswered(this ILogger logger, int node);

    [LoggerMessage(1164, LogLevel.Error,
        "A command of node {Node} for {Subject} cannot be carried out or answered; that node says so to whoever sent it")]
    public static partial void CommandNotObeyed(this ILogger logger, Exception why, int node, string subject);

    [LoggerMessage(1180, LogLevel.Debug, "The do-not-call lists are in memory: {Entries} entries, read in {Milliseconds} ms")]
    public static partial void DoNotCallLoaded(this ILogger logger, int entries, long milliseconds);

    [LoggerMessage(1181, LogLevel.Warning,
        "The do-not-call lists cannot be read: until they can, each call is looked up before it is placed")]
    public static partial void DoNotCallNotLoaded(this ILogger logger, Exception why);

    [LoggerMessage(1170, LogLevel.Warning,
        "Node {Node} has given no sign of life: {Subjects} calls, queues and conferences of it have ended; it must be started again")]
    public static partial void NodeBuried(this ILogger logger, int node, int subjects);

    [LoggerMessage(1171, LogLevel.Error, "What dead nodes have left cannot be ended; the next look is in a second")]
    public static partial void DeadNodesNotBuried(this ILogger logger, Exception why);

    [LoggerMessage(1162, LogLevel.Warning,
        "Node {Node} stood still, or without its database, for so long that another node has taken over its webhooks")]
    public static partial void LeaseLost(this ILogger logger, int node);
}
