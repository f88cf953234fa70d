using Ringwright.Edge;
using Ringwright.Edge.Agency;
using Ringwright.Edge.Campaigns.Dialling;
using Ringwright.Edge.Delivery;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Edge.Streams;
using Ringwright.Edge.Texml;
using Ringwright.Edge.Uploads;
using Ringwright.Testing;

[assembly: TestCollectionOrderer(typeof(LongestClasses))]
[assembly: AssemblyFixture(typeof(InOrder))]

namespace Ringwright.Edge;

/// <summary>Those of 10 s and more in a run of the gate.</summary>
public sealed class LongestClasses() : LongestFirst(
    typeof(CampaignDiallerOnSqliteTests), typeof(AgencyTalksOnSqliteTests), typeof(NeverTooOftenOnSqliteTests), typeof(BadPeerTests),
    typeof(AgencyDoNotCallOnSqliteTests), typeof(AgencyOnSqliteTests), typeof(PostgresTests), typeof(TwimlParticipantTests),
    // Real time and programs that start: behind the first minute, in which everything is compiled.
    typeof(RealtimeTalkTests), typeof(ProgramTests), typeof(TwoNodesTests), typeof(AssistantCallTests), typeof(RecordingUploadTests));
