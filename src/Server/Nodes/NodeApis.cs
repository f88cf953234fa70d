using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Trying;
using Ringwright.Speech.Recordings;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>What the APIs of a node stand on: those of its modules, and the operator's.</summary>
internal sealed class NodeApis(NodeFrame frame, NodeRunning running)
{
    private readonly Snowflakes _snowflakes = new(TimeProvider.System, running.Database.Node.Node);
    private readonly AccessTokens _tokens = new(running.Database, running.Ground.Downloads.Public, TimeProvider.System);

    private KeyAuthenticator? _keys;

    private Database Database => running.Database;

    /// <summary>Of accounts' keys and of what programs were let in with.</summary>
    public KeyAuthenticator Keys => _keys ??= KeyAuthenticator.Of(Database, _tokens, TimeProvider.System);

    public ModuleServices ServicesOf(RecordingTranscriber files)
    {
        var (settings, engine) = (frame.Settings, running.Engine);
        return new()
        {
            Http = new()
            {
                Pipeline = new()
                {
                    Routing = Database.Routing, Calls = engine.Calls, Time = frame.Clock, Snowflakes = _snowflakes,
                    Links = running.Ground.Downloads.Public,
                    Closing = frame.Closing.Token, Stopping = frame.GivenUp.Token,
                },
                Settings = new() { IsStrict = settings.HasCheckedReplies },
                Limiter = new RequestLimiter(settings.ApiRate, TimeProvider.System),
                Keys = Keys,
                Tokens = _tokens,
            },
            Sip = new(Database.Registrations.Among(engine.Registrations), engine.TrunkHosts) { Texts = engine.Texts },
            RecordingFiles = running.Media.Files,
            Speech = new(running.Speech, running.LiveAudio.Transcriber, NodeModules.Sounds(Modules)) { Files = files },
            SelfTest = running.SelfTest,
            Plans = running.Plans,
            Events = running.Delivery.Events,
            Holds = running.Gate,
            Dialling = new(running.Dialler.Wake, () => running.Dialler.AgentsFree())
            {
                Check = new(Database, running.Zones, running.Gate, engine.Routes), Gate = running.Gate,
                People = settings.HasLab ? new LabTexters() : null,
            },
            Codes = new(settings.VerificationCaller, settings.FlashCallers),
        };
    }

    /// <param name="reload">A snapshot may have brought balances.</param>
    /// <param name="tries">Null where nobody in a browser is one of the lab's people.</param>
    public OperatorParts OperatorOf(IReadOnlyList<LifeCycle> cycles, Action reload, TryLinkBook? tries)
    {
        var (settings, engine) = (frame.Settings, running.Engine);
        return new()
        {
            Store = Database,
            AsksForKey = settings.NeedsOperatorKey,
            Accounts = new()
            {
                KeysChanged = Keys.Forget, Credentials = NodeModules.Credentials(Database), Holds = running.Gate,
                Events = running.Delivery.Events, Administrator = NodeModules.Administrator(Database),
            },
            Calls = new()
            {
                Control = engine.Calls, Explainer = engine.Routes, Traces = NodeModules.Traces(Database),
                Refused = engine.RefusedCalls, Audio = running.LiveAudio.Carried,
                LabCalls = settings.HasLab ? stop => LabDoor.CallsAsync(settings.Data, stop) : null,
                Clock = frame.World?.Clock, Show = (leg, stop) => NodeModules.ShowCallAsync(Modules, leg, stop),
                CreateTryLink = tries is null ? null : tries.Create,
            },
            Trunks = AdminListener.TrunksOf(engine) with
            {
                TextBinds = Modules.Select(module => module.TextBinds).FirstOrDefault(binds => binds is not null),
            },
            Documents = new() { Links = running.Ground.Downloads.Public, FaultOf = NodeModules.FaultOfDocument },
            Snowflakes = _snowflakes,
            Snapshots = NodeModules.Snapshots(Database, () =>
            {
                Keys.Forget();
                reload();
            }),
            Cycles = cycles,
            Logger = frame.Log("Http"),
        };
    }

    private IReadOnlyList<JoinedModule> Modules => [.. running.Modules.Select(one => one.Module)];
}
