using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>The back office of agencies.</summary>
internal sealed class AgencyModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(AgencyContract.Read);

    public override string Name => "agency";

    public override IReadOnlyList<StoreArea> Areas => [AgencyArea.Area];

    public override void Prepare() => _ = Facts.Value;

    /// <summary>An account below another one is a client, and has no owner of its own.</summary>
    public override async ValueTask<JsonObject?> CredentialsAsync(Database database, Tenant tenant, CancellationToken stop) =>
        tenant.Parent is null ? new() { ["agency_owner"] = await AgencyOwner.MakeAsync(database, tenant, stop) } : null;

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) =>
        new(new Joined(ground, new()
        {
            Store = ground.Database, Log = ground.Loggers.CreateLogger("Ringwright.Agency"), Judge = CallJudge.Of(ground),
            UrlFault = url => ground.Egress.CheckUrl(url, TargetUse.Webhook) is { IsAllowed: false } verdict
                ? verdict.Detail ?? "It is no URL that may be used." : null,
        }));

    private sealed class Joined(ModuleGround ground, AgencyParts parts) : JoinedModule
    {
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(5), LookAtTalks = TimeSpan.FromSeconds(3);

        private Pipeline? _api;

        public override IReadOnlyList<NamedSweep> Sweeps(Ledger ledger) =>
        [
            new("the look after batches", Sweep.Of(Look, parts.FollowBatchesAsync, parts.Log.BatchesNotFollowed, ground.Time)),
            new("the look after talks", Sweep.Of(LookAtTalks, parts.EnrichAsync, parts.Log.TalksNotFollowed, ground.Time)),
            new("the judging of calls", Sweep.Of(LookAtTalks, parts.JudgeAsync, parts.Log.CallsNotJudged, ground.Time)),
        ];

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            var served = parts with
            {
                Check = services.Dialling.Check, Speech = services.Speech.Voices, Closing = services.Http.Pipeline.Closing,
            };
            _api = new(AgencyDialect.Create(Facts.Value, served), new AgencyKeys(served, services.Http.Keys), services.Http.Limiter,
                services.Http.Pipeline, services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "GetCall", leg, stop, ("id", leg.Uuid.ToString()));
    }
}
