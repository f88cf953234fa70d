using Ringwright.Edge;
using Ringwright.Edge.Agency;
using Ringwright.Edge.Campaigns.Dialling;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Streams;
using Ringwright.Testing;

[assembly: TestCollectionOrderer(typeof(LongestClasses))]

namespace Ringwright.Edge;

/// <summary>Those of 10 s and more in a run of the gate.</summary>
public sealed class LongestClasses() : LongestFirst(
    typeof(CampaignDiallerOnSqliteTests), typeof(AgencyTalksOnSqliteTests), typeof(NeverTooOftenOnSqliteTests), typeof(BadPeerTests),
    typeof(AgencyDoNotCallOnSqliteTests), typeof(SilentDatabaseTests), typeof(AgencyImportsOnSqliteTests), typeof(ProgramFaultTests),
    typeof(AgencyBillingOnSqliteTests), typeof(AgencyComplianceOnSqliteTests));
