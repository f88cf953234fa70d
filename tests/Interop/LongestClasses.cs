using Ringwright.Interop;
using Ringwright.Interop.Cases;
using Ringwright.Interop.Documents;
using Ringwright.Testing;

[assembly: TestCollectionOrderer(typeof(LongestClasses))]

namespace Ringwright.Interop;

/// <summary>Those of 15 s and more in a run of the gate. Those that wait stand between those that compute.</summary>
public sealed class LongestClasses() : LongestFirst(
    typeof(DocumentTests), typeof(TexmlTests), typeof(AnAgencysBatchesKilledOnPostgres), typeof(SippTests),
    typeof(ACampaignKilledOnPostgres), typeof(TollFraudTests), typeof(NeighboursDefinition), typeof(HostileDocumentTests),
    typeof(FloodTests), typeof(ANodeKilledOnPostgres), typeof(SilentDatabaseTests), typeof(DocumentThiefTests), typeof(AgentProgramTests),
    typeof(ARestartOnSqlite));
