using Ringwright.Interop;
using Ringwright.Interop.Cases;
using Ringwright.Interop.Documents;
using Ringwright.Testing;

[assembly: TestCollectionOrderer(typeof(LongestClasses))]

namespace Ringwright.Interop;

/// <summary>
/// The longest of all speaks sixty calls in real time. So it has those beside it that wait more than they compute, and what kills nodes or
/// floods them comes behind those.
/// </summary>
public sealed class LongestClasses() : LongestFirst(
    typeof(DocumentTests), typeof(TexmlTests), typeof(HostileDocumentTests), typeof(DocumentThiefTests), typeof(SilentDatabaseTests),
    typeof(VerifiedNumberTests), typeof(DocumentProgramTests), typeof(AgentProgramTests), typeof(TurnNodeDefinition),
    typeof(SoftphoneTests), typeof(AnAgencysBatchesKilledOnPostgres), typeof(ACampaignKilledOnPostgres), typeof(NeighboursDefinition),
    typeof(TollFraudTests), typeof(FloodTests), typeof(ANodeKilledOnPostgres), typeof(ARestartOnSqlite));
