using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx;

/// <summary>What this dialect's handlers use beside the pipeline's services.</summary>
public sealed record TelnyxParts(Ids Ids, EgressClient Egress, Database Store, IRegistrations Registrations);
