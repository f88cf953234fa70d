using System.Net;
using Ringwright.Calls;
using Ringwright.Net.Streams;
using Ringwright.Sip.Dialogs;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Registrations;

namespace Ringwright.Net;

/// <summary>Settings of the SIP side. Each has a default that suits a laptop.</summary>
public sealed record SipEngineOptions
{
    /// <summary>UDP and TCP listeners of the first network; port 0 takes one that is free for both.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 5060);

    /// <summary>Sockets that have that place already; they are the engine's from then on.</summary>
    public SipSockets? Bound { get; init; }

    /// <summary>Networks beside the first.</summary>
    public IReadOnlyList<SipListener> Others { get; init; } = [];

    /// <summary>TLS listener of the first network, and who we are on all of them; none when null.</summary>
    public TlsListenerOptions? Tls { get; init; }

    public StreamSettings Streams { get; init; } = new();

    /// <summary>The address written into Via and Contact; the listener's own when not set.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>Our SIP domains; the first stands in From.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Hosts by which programs that came here from elsewhere go on to name their account's users.</summary>
    public IReadOnlyList<string> FormerHosts { get; init; } = [];

    public string UserAgent { get; init; } = "Ringwright";

    /// <summary>How often calls must show that they are still there.</summary>
    public SessionTimerSettings SessionTimer { get; init; } = new();

    /// <summary>How phones behind NATs are kept reachable.</summary>
    public NatSettings Nat { get; init; } = new();

    /// <summary>How far ends that hold their calls are found to be gone.</summary>
    public LegProbeSettings Probes { get; init; } = new();

    /// <summary>How long an inbound call may ring for its application.</summary>
    public TimeSpan InboundRinging { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Calls a second for one account, and by one trunk that says nothing of it; null is no limit.</summary>
    public int? InboundRate { get; init; }

    /// <summary>Calls that there are media ports for, on each network by its number; empty where nobody knows.</summary>
    public IReadOnlyList<int> MediaCalls { get; init; } = [];

    /// <summary>Per cent of channels and ports that calls of one source may take whose address has shown nothing.</summary>
    public int UnprovenShare { get; init; } = 25;

    /// <summary>Media speaks Opus, so legs that ask for it may offer it.</summary>
    public bool HasOpus { get; init; }

    /// <summary>What modules say of their programs; asked on a signalling thread as a leg is made.</summary>
    public Func<Application, ApplicationTraits?> TraitsOf { get; init; } = static _ => null;

    /// <summary>Signalling threads.</summary>
    public int Shards { get; init; } = Math.Max(1, Environment.ProcessorCount / 4);

    /// <summary>
    /// True while every listener of the node is on loopback: then loopback addresses may call our numbers without a trunk.
    /// </summary>
    public bool IsLoopbackOnly { get; init; } = true;

    /// <summary>Where each call's messages and commands are kept; nowhere when null.</summary>
    public ITraceStore? Traces { get; init; }

    /// <summary>Where registrations are kept over a restart; nowhere when null.</summary>
    public IRegistrationStore? Registrations { get; init; }

    /// <summary>Legs that an earlier start left alive: their far ends are told while new calls come already.</summary>
    public IReadOnlyList<KeptRecoveryBye> RecoveryByes { get; init; } = [];

    /// <summary>Who keeps what is recorded; nothing is kept when null.</summary>
    public IRecordings? Recordings { get; init; }

    /// <summary>Carries live audio; commands that order it are refused when null.</summary>
    public ILiveAudio? LiveAudio { get; init; }

    /// <summary>The dials of other nodes, asked behind what this one remembers itself; there are none when null.</summary>
    public IDialMemory? Dials { get; init; }

    /// <summary>Takes commands to what lives on other nodes; there are none when null.</summary>
    public ICallForwarder? Forwarder { get; init; }

    /// <summary>The names of conferences and queues on other nodes; there are none when null.</summary>
    public ISharedNames? Names { get; init; }

    /// <summary>Whether the process stood still a moment ago, as <see cref="ClockWatch.IsAfterStall"/> says.</summary>
    public Func<bool> IsAfterStall { get; init; } = static () => false;

    /// <summary>Carries datagrams to other engines of the process; none are known when null.</summary>
    public DatagramExchange? Exchange { get; init; }

    /// <summary>Fixes the engine's choices (Call-IDs, ids); a random one when not set.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Name servers for SRV, NAPTR and address look-ups; those of /etc/resolv.conf when empty.</summary>
    public IReadOnlyList<IPEndPoint> NameServers { get; init; } = [];
}
