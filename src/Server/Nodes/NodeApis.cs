using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Trying;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>What the APIs of a node stand on: those of its modules, and the operator's.</summary>
internal sealed class NodeApis
{
    private readonly NodeFrame _frame;
    private readonly NodeRunning _running;
    private readonly Snowflakes _snowflakes;
    private readonly AccessTokens _tokens;

    public NodeApis(NodeFrame frame, NodeRunning running)
    {
        (_frame, _running) = (frame, running);
        _snowflakes = new(TimeProvider.System, Database.Node.Node);
        _tokens = new(Database, running.Ground.Downloads.Public, TimeProvider.System);
        Keys = KeyAuthenticator.Of(Database, _tokens, TimeProvider.System);
    }

    /// <summary>Of accounts' keys and of what programs were let in with.</summary>
    public KeyAuthenticator Keys { get; }

    private Database Database => _running.Database;

    private IReadOnlyList<JoinedModule> Modules => [.. _running.Modules.Select(one => one.Module)];

    /// <param name="tries">Null where nobody in a browser is one of the lab's people.</param>
    public ModuleServices ServicesOf(TryLinkBook? tries)
    {
        var transcribers = NodeModules.TranscribersOf(Modules);
        var (settings, engine) = (_frame.Settings, _running.Engine);
        return new()
        {
            Http = new()
            {
                Pipeline = new()
                {
                    Routing = Database.Routing, Calls = engine.Calls, Time = _frame.Clock, Snowflakes = _snowflakes,
                    Links = _running.Ground.Downloads.Public,
                    Closing = _frame.Closing.Token, Stopping = _frame.GivenUp.Token,
                },
                Settings = new() { IsStrict = settings.HasCheckedReplies },
                Limiter = new RequestLimiter(settings.ApiRate, TimeProvider.System),
                Keys = Keys,
                Tokens = _tokens,
            },
            Sip = new(Database.Registrations.Among(engine.Registrations), engine.TrunkHosts) { Texts = engine.Texts },
            RecordingFiles = _running.Media.Files,
            Speech = new(_running.Speech, transcribers.Live, NodeModules.Sounds(Modules)) { Files = transcribers.Files },
            SelfTest = _running.SelfTest,
            Plans = _running.Plans,
            Events = _running.Delivery.Events,
            Holds = _running.Gate,
            Dialling = new(_running.Dialler.Wake, () => _running.Dialler.AgentsFree())
            {
                Check = new(Database, _running.Zones, _running.Gate, engine.Routes), Gate = _running.Gate,
                People = settings.HasLab ? new LabTexters() : null,
                CreateTryLink = tries is null ? null : tries.CreateFor,
            },
            Codes = new(settings.VerificationCaller, settings.FlashCallers),
        };
    }

    /// <param name="reload">A snapshot may have brought balances.</param>
    /// <param name="tries">Null where nobody in a browser is one of the lab's people.</param>
    public OperatorParts OperatorOf(IReadOnlyList<LifeCycle> cycles, Action reload, TryLinkBook? tries)
    {
        var (settings, engine) = (_frame.Settings, _running.Engine);
        return new()
        {
            Store = Database,
            AsksForKey = settings.NeedsOperatorKey,
            Accounts = new()
            {
                KeysChanged = Keys.Forget, Credentials = NodeModules.Credentials(Database), Holds = _running.Gate,
                Events = _running.Delivery.Events, Administrator = NodeModules.Administrator(Database),
                Providers = stop => NodeModules.CheckProvidersAsync(Modules, stop),
            },
            Calls = new()
            {
                Control = engine.Calls, Explainer = engine.Routes, Traces = NodeModules.Traces(Database),
                IsWaiting = engine.IsWaiting,
                Refused = new()
                {
                    Calls = engine.RefusedCalls, Dials = engine.RefusedDials, Registrations = engine.RefusedRegistrations,
                },
                Audio = _running.LiveAudio.Carried,
                Show = (leg, stop) => NodeModules.ShowCallAsync(Modules, leg, stop),
                Lab = new()
                {
                    Calls = settings.HasLab ? stop => LabDoor.CallsAsync(settings.Data, stop) : null,
                    CreateTryLink = tries is null ? null : tries.Create, Clock = _frame.World?.Clock,
                },
            },
            Trunks = AdminListener.TrunksOf(engine) with
            {
                TextBinds = Modules.Select(module => module.TextBinds).FirstOrDefault(binds => binds is not null),
            },
            Documents = new() { Links = _running.Ground.Downloads.Public, FaultOf = NodeModules.FaultOfDocument },
            Snowflakes = _snowflakes,
            Snapshots = NodeModules.Snapshots(Database, () =>
            {
                Keys.Forget();
                reload();
            }),
            Cycles = cycles,
            Logger = _frame.Log("Http"),
        };
    }
}
