using System.Net;
using Ringwright.Net;
using Ringwright.Server.Clock;
using Ringwright.Server.Doctor;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Speech.Recognition;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Server.Nodes;

/// <summary>
/// A running node and what its modules bring. <see cref="NodeStart"/> has the order in which its parts start, <see cref="StopStep"/> the
/// one in which they end.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    /// <summary>For the last webhooks (the hang-ups that a stop causes); what is left then is sent at the next start.</summary>
    private static readonly TimeSpan LastWebhooks = TimeSpan.FromSeconds(3);

    private readonly ILogger _logger;
    private readonly NodeFrame _frame;
    private readonly IReadOnlyList<Module> _known;
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();
    private readonly CancellationTokenSource _hurry = new();

    private Database? _database;
    private INodeMedia? _media;
    private EventDelivery? _delivery;
    private Recognisers? _recognisers;
    private bool _wasServing, _isStopped;

    private Node(NodeFrame frame, IReadOnlyList<Module> known)
    {
        (_frame, _known) = (frame, known);
        _logger = frame.Log("Server");
    }

    /// <summary>With the ports that were really taken.</summary>
    public ServeSettings Settings => _frame.Settings;

    /// <summary>Null on a node that goes by the wall clock.</summary>
    public VirtualWorld? World => _frame.World;

    public Database Database => _database ?? throw new InvalidOperationException("the node is not started");

    /// <summary>What the modules have brought.</summary>
    internal IReadOnlyList<JoinedModule> Modules { get; private set; } = [];

    internal IEnumerable<(string Name, JoinedModule Module)> Named =>
        _known.Zip(Modules, (known, joined) => (known.Name, joined));

    public Readiness Readiness { get; } = new();

    /// <summary>Who turns speech into text here.</summary>
    public Recognisers Recognisers => _recognisers ?? throw new InvalidOperationException("the node is not started");

    internal SipEngine? Engine { get; private set; }

    public NodeStatus Status => new()
    {
        Version = ProgramVersion.Text,
        Pid = Environment.ProcessId,
        Http = $"http://{Settings.Http}",
        Admin = $"http://{Settings.Admin}",
        Sip = Settings.Sip.ToString(),
        Rtp = Settings.Rtp.ToString(),
        Networks = [.. Settings.Networks.Select(NodeNetwork.Of)],
        Clock = World is null ? "wall" : "virtual",
        Media = Settings.HasMediaProcess ? "process" : "inline",
        MediaPid = _media?.ProcessId,
        IsReady = Readiness.IsReady,
        Troubles = Readiness.Troubles,
        DatabaseTrouble = _database?.Away,
        OldestWebhookSeconds = _delivery?.OldestWait is { Ticks: > 0 } wait ? wait.TotalSeconds : null,
        Legs = Engine?.LiveLegs ?? 0,
        Phones = _database?.Routing.Current.Sip.Users.Count ?? 0,
        StartedAt = _startedAt,
    };

    /// <param name="metrics">Null serves none.</param>
    /// <param name="output">Where secrets are shown, once.</param>
    /// <exception cref="StartRefused">The environment does not let the node start.</exception>
    public static Task<Node> StartAsync(ServeSettings settings, ILoggerFactory loggers, MetricStore? metrics, TextWriter output,
        CancellationToken stop) =>
        StartAsync(settings, blobs: null, loggers, metrics, output, stop);

    /// <param name="blobs">Where the files of customers are kept; null for the data folder.</param>
    /// <param name="recognisers">The recogniser of a name, or the usual one for null; null for those of the settings.</param>
    /// <param name="modules">
    /// Beside those of every node, behind them. What is known without a node (documents beside records, tables, formats of webhooks) only
    /// <see cref="NodeModules.All"/> have.
    /// </param>
    internal static async Task<Node> StartAsync(ServeSettings settings, IBlobs? blobs, ILoggerFactory loggers, MetricStore? metrics,
        TextWriter output, CancellationToken stop, Func<string?, IRecogniser?>? recognisers = null, IReadOnlyList<Module>? modules = null)
    {
        IReadOnlyList<Module> all = [.. NodeModules.All, .. modules ?? []];
        _ = Task.Run(() => NodeModules.Prepare(all), CancellationToken.None);
        // Neither ports nor folder are touched before: they may be those of the process that is alive.
        if (settings.IsStandby) await Databases.WaitForPlaceAsync(settings, loggers, stop);
        // It may hold the ports that are looked at next.
        if (settings.HasMediaProcess && await MediaPidFile.EndOrphanAsync(settings.Data, stop) is { } orphan)
            loggers.CreateLogger("Ringwright.Server").MediaOrphanEnded(orphan);
        using var held = new HeldPorts();
        var world = settings.VirtualStart is { } begin ? new VirtualWorld(begin) : null;
        var frame = new NodeFrame
        {
            Settings = Ports.Hold(settings, held), World = world, Clock = world?.Time ?? TimeProvider.System, Loggers = loggers,
            Descriptors = Descriptors.Of(SystemChecks.OpenFiles, hasMedia: !settings.HasMediaProcess), Held = held, Parts = new(),
        };
        var node = new Node(frame, all);
        try
        {
            await new NodeStart(node, frame, new(blobs, recognisers, metrics, output), all).RunAsync(stop);
            return node;
        }
        catch
        {
            await node._hurry.CancelAsync();
            await node.DisposeAsync();
            throw;
        }
    }

    internal void Has(Database database) => _database = _frame.Parts.Add(StopStep.Database, "the database", database, isPatient: true);

    internal INodeMedia Has(INodeMedia media) => _media = _frame.Parts.Add(StopStep.Media, "media", media, isPatient: true);

    internal void Has(Recognisers recognisers) => _recognisers = recognisers;

    internal void Has(IReadOnlyList<JoinedModule> modules)
    {
        Modules = modules;
        // Of one step the last ends first, and modules end in the order in which they have joined.
        foreach (var (name, module) in Named.Reverse())
        {
            _frame.Parts.Add(StopStep.ModuleWork, $"what the module {name} begins", () => module.StopAsync().AsTask());
            _frame.Parts.Add(StopStep.Modules, $"the module {name}", module);
        }
    }

    internal EventDelivery Has(EventDelivery delivery)
    {
        _frame.Parts.Add(StopStep.Delivery, "delivery",
            () => delivery.StopAsync(_wasServing && _database is { IsAvailable: true } ? LastWebhooks : TimeSpan.Zero));
        return _delivery = delivery;
    }

    internal SipEngine Has(SipEngine engine)
    {
        _frame.Parts.Add(StopStep.Signalling, "signalling", () =>
        {
            if (_wasServing) _logger.Draining(engine.LiveLegs, Settings.Drain.TotalSeconds);
            return engine.StopAsync(Settings.Drain, _hurry.Token);
        });
        return Engine = engine;
    }

    /// <summary>Everything is up: new work may come.</summary>
    public void Open()
    {
        // A start, and what the lab makes at it, would rather wait for a slow database than end.
        Database.BeginService();
        Readiness.IsServing = true;
        _logger.Started(ProgramVersion.Text, $"http://{Settings.Http}", string.Join(" and ", Settings.Networks.Select(n => n.Sip)),
            string.Join(" and ", Settings.Networks.Select(n => n.Rtp)), $"http://{Settings.Admin}", Settings.Data);
        if (World is { } world) _logger.VirtualClock(world.Time.GetUtcNow());
        (string, IPEndPoint)[] listeners =
            [("the API", Settings.Http), ("the operator's API", Settings.Admin), .. Settings.Networks.Select(n => ("SIP", n.Sip))];
        foreach (var (name, where) in listeners)
            if (!IPAddress.IsLoopback(where.Address)) _logger.Open(name, where);
        var (contested, taken) = AddressDisputes.Count(Database.Routing.Current);
        if (contested + taken > 0) _logger.AddressesInDispute(contested, taken);
    }

    /// <summary>Gives live calls no more time to end; for the second Ctrl-C.</summary>
    public void Hurry() => _hurry.Cancel();

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        (_isStopped, _wasServing) = (true, Readiness.IsServing);
        var stop = new OrderlyStop(Settings.Drain, () => _database is { IsSilent: true }, _logger);
        _database?.BeginStop();
        World?.Clock.Finish();
        Readiness.IsServing = false;
        _media?.Stay();
        await _frame.Parts.EndAsync(stop);
        foreach (var source in new[] { _hurry, _frame.Closing, _frame.GivenUp }) source.Dispose();
        if (_wasServing) _logger.Stopped();
    }
}
