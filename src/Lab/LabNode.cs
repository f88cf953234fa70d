using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Lab.Carriers;
using Ringwright.Lab.Visits;
using Ringwright.Media;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Taps;
using Ringwright.Net;
using Ringwright.Programs;

namespace Ringwright.Lab;

/// <summary>
/// The carrier in the box: the product's own SIP engine and media, with people in place of customers.
/// It shares nothing with the node but the wire.
/// </summary>
public sealed class LabNode : IAsyncDisposable
{
    private static readonly TimeSpan NoDrain = TimeSpan.Zero;

    /// <summary>Whom visitors call as: nobody's number, and nobody of the lab answers there.</summary>
    public const string VisitorNumber = "+15550090700";

    private readonly LabOptions _options;
    private readonly ILogger _logger;
    private readonly LabLog _log;
    private readonly InlineMediaHost _media;
    private readonly SipEngine _engine;
    private readonly ProgramHost _people;
    private readonly VisitorBook _visitors;
    private readonly LabControl _control;
    private readonly List<CarrierEdge> _carriers = [];

    /// <param name="speech">Renders what the people say.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The SIP address is taken.</exception>
    public LabNode(LabOptions options, IPrompts speech, ILoggerFactory loggers)
    {
        _options = options;
        _log = new(options.Clock);
        _logger = loggers.CreateLogger("Ringwright.Lab");
        byte[] key = new byte[32];
        System.Security.Cryptography.RandomNumberGenerator.Fill(key);
        var identity = new NodeIdentity(Node: 1, Epoch: 1, key);
        var ports = new MediaNetwork { FirstPort = options.FirstRtpPort, LastPort = options.LastRtpPort };
        // Media speaks only after StartAsync: by then the engine is there.
        _media = new InlineMediaHost(new MediaHostOptions
        {
            Networks = [ports], TapFolder = options.Packets is null ? TapFolder.Create() : null,
            Stepping = options.Packets is { } packets ? new(options.Clock, packets) : null,
        },
            happened => _engine!.PostMedia(happened), _logger);
        _visitors = new(_media.Taps);
        var sip = new SipEngineOptions
        {
            Listen = options.Sip, UserAgent = "Ringwright lab", Seed = options.Seed, HasOpus = Codecs.HasOpus, Tls = options.Tls,
            Exchange = options.Datagrams,
            // Microphones are at nobody's clock but the wall's.
            LiveAudio = options.Packets is null ? _visitors : null,
        };
        var prompts = new LabPrompts(speech);
        var feed = new EventFeed();
        _engine = new SipEngine(sip, identity, new LabRouting(options.Node), new LabLedger(feed, _log), new LabGate(), prompts, _media,
            new TargetPolicy { IsLoopbackAllowed = true }, EngineClock.Anchor(options.Clock), loggers, options.Clock);
        var people = new Personas.Directory(prompts, options.Clock, options.Seed, _log.Note);
        _people = new ProgramHost(feed, _engine.Calls, leg => _visitors.Answer(leg) ?? people.Answer(leg), options.Clock, _logger);
        _control = new LabControl(options.ControlSocket,
            (from, to, stop) => _engine.Calls.DialAsync(Call(from, to, LabRouting.Script), stop), () => _log.Calls, VisitAsync);
    }

    /// <summary>Where the people take calls by UDP and TCP.</summary>
    public IPEndPoint Sip => _engine.Local;

    /// <summary>Where the carriers with bad habits take calls, by their names.</summary>
    public IEnumerable<(string Name, IPEndPoint Sip)> Carriers => _carriers.Select(edge => (edge.Carrier.Name, edge.Local));

    /// <summary>Where they take them by TLS; null without a certificate.</summary>
    public IPEndPoint? SecureSip => _engine.SecureLocal;

    /// <summary>People on the phone.</summary>
    public int LiveLegs => _engine.LiveLegs;

    /// <summary>How much it has done, when nothing of it is to be done before its clock moves; null else.</summary>
    public long? TurnsAtRest => _media.IsAtRest ? _engine.TurnsAtRest : null;

    public async Task StartAsync(CancellationToken stop)
    {
        _media.Start();
        _people.Start();
        await _engine.StartAsync(stop);
        foreach (var carrier in _options.Datagrams is null ? Carrier.All : [])
        {
            var edge = new CarrierEdge(carrier, _options.Node, _engine.Local);
            _carriers.Add(edge);
            edge.Start();
        }
        await _control.StartAsync(stop);
        _logger.LabStarted(_engine.Local.ToString(), _options.Seed);
    }

    /// <summary>One of the node's numbers is called.</summary>
    /// <param name="from">The person behind it calls, where the application is the people's.</param>
    private static DialRequest Call(string from, string to, Application application) => new()
    {
        Tenant = LabRouting.Tenant, Connection = LabRouting.People, Application = application, From = from, To = to,
        RingTimeout = TimeSpan.FromMinutes(2),
    };

    private async Task VisitAsync(WebSocket socket, string to, TimeSpan most, CancellationToken stop)
    {
        var visit = _visitors.Begin();
        LegId? leg = null;
        try
        {
            var dialled = await _engine.Calls.DialAsync(
                Call(VisitorNumber, to, new(ApplicationKind.Script, visit.Id.ToString())) with { TimeLimit = most }, stop);
            leg = dialled.Leg?.Id;
            if (leg is null) visit.End(dialled.Detail ?? SnakeName.Of(dialled.Ack.Refusal));
            await visit.RunAsync(socket, PressAsync, HangUpAsync, stop);
        }
        finally
        {
            _visitors.Forget(visit);
            await HangUpAsync();
        }

        async Task PressAsync(string keys)
        {
            if (leg is { } own) await _engine.Calls.SendAsync(own, new LegCommand.SendDigits(keys), stop);
        }

        // One that has ended takes no harm.
        async Task HangUpAsync()
        {
            if (leg is { } own) await _engine.Calls.SendAsync(own, new LegCommand.Hangup(), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        foreach (var edge in _carriers) await edge.DisposeAsync();
        await _engine.StopAsync(NoDrain, CancellationToken.None);
        await _people.DisposeAsync();
        _media.Dispose();
    }
}
