using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Jobs;
using Ringwright.Store.Recordings;

namespace Ringwright.Telnyx;

/// <summary>What this dialect's handlers use beside the pipeline's services.</summary>
/// <param name="Files">Says which recordings can be made.</param>
/// <param name="Links">Where recordings and the files of jobs are fetched.</param>
/// <param name="Results">Files of jobs.</param>
public sealed record TelnyxParts(Ids Ids, EgressClient Egress, Database Store, IRegistrations Registrations, RecordingFolder Blobs, IRecordingFiles Files, DownloadLinks Links, ResultFolder Results);
