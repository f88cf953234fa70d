using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Lab.Carriers;
using Ringwright.Media;
using Ringwright.MediaHost;
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

    private readonly LabOptions _options;
    private readonly ILogger _logger;
    private readonly LabLog _log;
    private readonly InlineMediaHost _media;
    private readonly SipEngine _engine;
    private readonly ProgramHost _people;
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
            Networks = [ports], Stepping = options.Packets is { } packets ? new(options.Clock, packets) : null,
        },
            happened => _engine!.PostMedia(happened), _logger);
        var sip = new SipEngineOptions
        {
            Listen = options.Sip, UserAgent = "Ringwright lab", Seed = options.Seed, HasOpus = Codecs.HasOpus, Tls = options.Tls,
            Exchange = options.Datagrams,
        };
        var prompts = new LabPrompts(speech);
        var feed = new EventFeed();
        _engine = new SipEngine(sip, identity, new LabRouting(options.Node), new LabLedger(feed, _log), new LabGate(), prompts, _media,
            new TargetPolicy { IsLoopbackAllowed = true }, EngineClock.Anchor(options.Clock), loggers, options.Clock);
        _people = new ProgramHost(feed, _engine.Calls, new Personas.Directory(prompts, options.Clock, options.Seed).Answer,
            options.Clock, _logger);
        _control = new LabControl(options.ControlSocket, DialAsync, () => _log.Calls);
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

    /// <summary>The person behind <paramref name="from"/> calls one of the node's numbers.</summary>
    private async ValueTask<Dialled> DialAsync(string from, string to, CancellationToken stop) => await _engine.Calls.DialAsync(
        new DialRequest
        {
            Tenant = LabRouting.Tenant, Connection = LabRouting.People, Application = LabRouting.Script, From = from,
            To = to, RingTimeout = TimeSpan.FromMinutes(2)
        }, stop);

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        foreach (var edge in _carriers) await edge.DisposeAsync();
        await _engine.StopAsync(NoDrain, CancellationToken.None);
        await _people.DisposeAsync();
        _media.Dispose();
    }
}
