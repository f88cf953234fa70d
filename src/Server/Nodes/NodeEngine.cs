using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Taps;
using Ringwright.Net;
using Ringwright.Server.Doctor;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Store;
using Ringwright.Store.Forwarding;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Recordings;

namespace Ringwright.Server.Nodes;

/// <summary>Makes a node's signalling and media of its settings.</summary>
internal static class NodeEngine
{
    /// <param name="engine">Hears what media tells, which begins when the engine leases the first port.</param>
    public static INodeMedia StartMedia(NodeFrame frame, Database database, OwnPorts own, IReadOnlyList<IPAddress> local,
        Func<SipEngine> engine)
    {
        var settings = frame.Settings;
        string? taps = TapFolder.Create();
        if (taps is null) frame.Log("Server").NoTaps();
        var options = new MediaHostOptions
        {
            Networks = [.. settings.Networks.Select(network => new MediaNetwork
            {
                Address = network.Rtp.Address, FirstPort = network.Rtp.First, LastPort = network.Rtp.Last,
                Advertise = Ports.Advertised(network, network.Rtp.Address),
                LocalAddresses = local,
            })],
            OwnPorts = own,
            Epoch = database.Node.Epoch,
            RecordingFolder = RecordingParts.In(settings.Data).Folder,
            TapFolder = taps,
            Stepping = frame.World?.Stepping,
            MostPairs = Descriptors.MediaPairs(SystemChecks.OpenFiles, hasNode: !settings.HasMediaProcess),
        };
        return settings.HasMediaProcess
            ? new MediaRole(settings, options with { WarmPairs = MediaRole.WarmPairs }, happened => engine().PostMedia(happened),
                lost => engine().PostMedia(lost), frame.Loggers)
            : new InlineMedia(new InlineMediaHost(options, happened => engine().PostMedia(happened), frame.Log("MediaHost")));
    }

    /// <param name="recoveryByes">For calls that an earlier process has left.</param>
    /// <param name="isAfterStall">The machine has stood still a moment ago.</param>
    public static SipEngineOptions OptionsOf(NodeFrame frame, Database database, Ledger ledger, INodeMedia media,
        RecordingKeeper recordings, CommandForwarder forwarder, ILiveAudio liveAudio, IReadOnlyList<KeptRecoveryBye> recoveryByes,
        Func<bool> isAfterStall)
    {
        var (settings, held) = (frame.Settings, frame.Held);
        bool needsAuthority = settings is { SipTls: not null, SipTlsCertificate: null };
        var sip = new SipEngineOptions
        {
            Listen = settings.Sip,
            Bound = held.TakeSip(settings.Sip),
            Streams = new() { Connections = frame.Descriptors.Sip },
            Advertise = Ports.Advertised(settings.Networks[0], settings.Sip.Address),
            Others = [.. settings.Others.Select(other => new SipListener
            {
                Listen = other.Sip, Bound = held.TakeSip(other.Sip), Advertise = Ports.Advertised(other, other.Sip.Address),
                Secure = other.SipTls, SecureBound = other.SipTls is { } secure ? held.Take(secure) : null,
            })],
            Domains = settings.SipDomains,
            FormerHosts = NodeModules.SipHosts,
            IsLoopbackOnly = settings.IsOnLoopbackOnly,
            HasOpus = media.HasOpus,
            SessionTimer = settings.SessionTimer,
            Nat = settings.Nat,
            Probes = settings.Probes,
            InboundRinging = settings.Ringing,
            InboundRate = settings.IsOnLoopbackOnly || settings.InboundRate == 0 ? null : settings.InboundRate,
            MediaCalls = [.. settings.Networks.Select(network => network.Channels)],
            UnprovenShare = settings.UnprovenShare,
            Traces = settings.HasCallTrace ? database.Traces : null,
            Registrations = database.Registrations,
            Tls = SipTls.Options(settings, needsAuthority ? LocalAuthority.Open(settings.Data, TimeProvider.System) : null,
                frame.Log("Server")) is { } tls
                ? tls with { Bound = tls.Listen is { } first ? held.Take(first) : null }
                : null,
            Recordings = recordings,
            Forwarder = forwarder,
            Names = SharedNames.Of(database),
            // Streams and recognisers take audio as it comes: there is none that comes at its time.
            LiveAudio = frame.World is null ? liveAudio : null,
            Exchange = frame.World?.Datagrams,
            Dials = DialClaims.Of(database, ledger),
            RecoveryByes = recoveryByes,
            IsAfterStall = isAfterStall,
        };
        return settings.Shards > 0 ? sip with { Shards = settings.Shards } : sip;
    }

    /// <exception cref="StartRefused">The address is not to be had.</exception>
    public static SipEngine Create(NodeFrame frame, SipEngineOptions options, Database database, Ledger ledger, IDialGate gate,
        IPrompts prompts, INodeMedia media, TargetPolicy policy, WallAnchor anchor)
    {
        try
        {
            return new SipEngine(options, database.Node, database.Routing, ledger, gate, prompts, media.Plane, policy, anchor,
                frame.Loggers, frame.Clock);
        }
        catch (SocketException failed)
        {
            throw WebListener.Refusal(frame.Settings.SipTls is null ? "--sip" : "--sip or --sip-tls", frame.Settings.Sip, failed);
        }
    }
}
