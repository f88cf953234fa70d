using System.Net;
using System.Net.Sockets;
using Ringwright.Admission.Numbering;
using Ringwright.Admission.Rating;
using Ringwright.Delivery.Mails;
using Ringwright.Sip.Dialogs;
using Ringwright.Speech.Recognition;
using Ringwright.Store.Keeping;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Registrations;

namespace Ringwright.Server.Settings;

/// <summary>What <c>serve</c> was told. Flags, environment twins, defaults and bounds are the rows of <see cref="ServeFlags"/>.</summary>
internal sealed record ServeSettings
{
    /// <summary>The customers' listener.</summary>
    public required IPEndPoint Http { get; init; }
    /// <summary>This, <see cref="SipTls"/>, <see cref="Rtp"/> and <see cref="Advertise"/> are the first network's.</summary>
    public required IPEndPoint Sip { get; init; }
    /// <summary>Where SIP over TLS is taken; off when null.</summary>
    public IPEndPoint? SipTls { get; init; }
    /// <summary>Networks beside the first.</summary>
    public IReadOnlyList<NetworkSettings> Others { get; init; } = [];
    /// <summary>Absolute paths of PEM files; a certificate by the node's own authority when null.</summary>
    public string? SipTlsCertificate { get; init; }
    public string? SipTlsKey { get; init; }
    /// <summary>PEM file of who signs the certificates that clients must show; none are asked for when null.</summary>
    public string? SipTlsClients { get; init; }
    /// <summary>One of <see cref="SipDomains"/>: what Via and Contact name by TLS; the address when null.</summary>
    public string? SipTlsName { get; init; }
    public required PortRange Rtp { get; init; }
    /// <summary>The address that SIP and SDP tell others; the listener's own when not set.</summary>
    public IPAddress? Advertise { get; init; }
    public Uri? PublicUrl { get; init; }
    /// <summary>Host names at which an API, by its name, has the path of its original.</summary>
    public IReadOnlyList<(string Api, string Host)> ApiHosts { get; init; } = [];
    public IReadOnlyList<string> SipDomains { get; init; } = [];
    /// <summary>Whose pages may use the APIs from a browser; <see cref="Nodes.CrossOrigin.Any"/> for all.</summary>
    public IReadOnlyList<string> PageOrigins { get; init; } = [];
    /// <summary>The operator's listener: trunks, routes, metrics.</summary>
    public required IPEndPoint Admin { get; init; }
    public string? OperatorKey { get; init; }
    /// <summary>Requests a second per API key.</summary>
    public int ApiRate { get; init; }
    /// <summary>Accounts that one account may make below it.</summary>
    public int AccountsBelow { get; init; } = 1_000;
    /// <summary>Per cent of <see cref="Channels"/>.</summary>
    public int CampaignShare { get; init; } = 100;
    /// <summary>Calls a second that campaigns begin; 0 is no limit.</summary>
    public int CampaignRate { get; init; }
    /// <summary>Calls a second that campaigns of one account and of its children begin; 0 is no limit.</summary>
    public int CampaignAccountRate { get; init; }
    /// <summary>Calls a second that campaigns of one account below another begin; 0 is no limit.</summary>
    public int CampaignChildRate { get; init; }
    /// <summary>Calls a second that campaigns begin and that show one number; 0 is no limit.</summary>
    public int CampaignCallerRate { get; init; }
    /// <summary>Calls a second for one account, and by a trunk that says nothing of it; 0 is no limit.</summary>
    public int InboundRate { get; init; }
    /// <summary>Per cent of channels and ports for calls of one source whose way back is not proven.</summary>
    public int UnprovenShare { get; init; } = 25;
    public OutOfMoney OutOfMoney { get; init; }
    /// <summary>Calls to numbers without a price are made, whatever is said of their account's money.</summary>
    public bool AllowsUnpriced { get; init; }
    /// <summary>The storage operations' own listener; off when null.</summary>
    public IPEndPoint? Storage { get; init; }
    /// <summary>Absolute path.</summary>
    public required string Data { get; init; }
    /// <summary>
    /// As <see cref="Store.DatabaseOptions.Connection"/>, a file with its absolute path;
    /// null means what the data folder remembers. May hold a password.
    /// </summary>
    public string? Database { get; init; }
    /// <summary>As <see cref="Store.DatabaseOptions.Node"/>; null means what the data folder remembers.</summary>
    public int? Node { get; init; }
    /// <summary>Waits until no other process runs the node, and then takes its place.</summary>
    public bool IsStandby { get; init; }
    public bool IsFullyDurable { get; init; }
    /// <summary>The first account's key; made at random when null.</summary>
    public string? ApiKey { get; init; }
    public IReadOnlyList<IPNetwork> AllowTargets { get; init; } = [];
    /// <summary>Who may say in X-Forwarded-For where a request came from.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
    /// <summary>Sends notifications by mail; none go out when null. May hold a password.</summary>
    public MailServer? Mail { get; init; }
    /// <summary>Absolute path of the rate deck; none when null.</summary>
    public string? Rates { get; init; }
    /// <summary>+E.164 of the echo test line; none when null.</summary>
    public string? EchoNumber { get; init; }
    public string? VerificationCaller { get; init; }
    /// <summary>Whom calls that only ring come from; none go out when null.</summary>
    public NumberRange? FlashCallers { get; init; }
    public Retention Retention { get; init; } = new();
    /// <summary>Keeps each call's messages and commands.</summary>
    public bool HasCallTrace { get; init; } = true;
    /// <summary>A reply that deviates from the contract becomes a 500.</summary>
    public bool HasCheckedReplies { get; init; }
    /// <summary>Audio runs in a process of its own.</summary>
    public bool HasMediaProcess { get; init; }
    /// <summary>L16 on media streams has its low byte first.</summary>
    public bool IsStreamLittleEndian { get; init; }
    public bool HasLab { get; init; }
    /// <summary>The dialer's API writes moments in ISO form.</summary>
    public bool HasIsoDialerTimes { get; init; }
    /// <summary>Where the sources of the APIs are followed to the letter.</summary>
    public CompatSettings Compat { get; init; } = new();
    public ulong LabSeed { get; init; }
    /// <summary>
    /// So long the lab takes to decide on a number order, by the number's last digits; null leaves the node's policy as it is.
    /// </summary>
    public TimeSpan? LabPace { get; init; }
    /// <summary>When virtual time begins; null goes by the wall clock.</summary>
    public DateTimeOffset? VirtualStart { get; init; }
    /// <summary>Absolute path of the file that says when and where the node is up; none when null.</summary>
    public string? ReadyFile { get; init; }
    /// <summary>How long live calls may go on after a stop was asked for.</summary>
    public TimeSpan Drain { get; init; }
    /// <summary>How long an inbound call may ring for its application.</summary>
    public TimeSpan Ringing { get; init; } = TimeSpan.FromSeconds(180);
    /// <summary>How often calls must show that they are still there.</summary>
    public SessionTimerSettings SessionTimer { get; init; } = new();
    /// <summary>How phones behind NATs are kept reachable.</summary>
    public NatSettings Nat { get; init; } = new();
    /// <summary>How far ends that hold their calls are found to be gone.</summary>
    public LegProbeSettings Probes { get; init; } = new();
    /// <summary>Signalling shards; 0 chooses by the number of cores.</summary>
    public int Shards { get; init; }
    public Uri? SpeechUrl { get; init; }
    public string? SpeechKey { get; init; }
    /// <summary>One of <see cref="Speech.SpeechProviders.Names"/>; null takes openai where there is a URL, else espeak-ng.</summary>
    public string? SpeechProvider { get; init; }
    public string? SpeechVoice { get; init; }
    public string SpeechModel { get; init; } = "";
    /// <inheritdoc cref="Speech.SpeechOptions.VoiceAliases"/>
    public IReadOnlyList<(string Name, string Voice)> VoiceAliases { get; init; } = [];
    /// <inheritdoc cref="Speech.SpeechOptions.IsStrictWithVoices"/>
    public bool IsStrictWithVoices { get; init; }
    /// <summary>Who turns speech into text.</summary>
    public RecognitionOptions Recognition { get; init; } = new();
    /// <summary>Agents hear by Silero's model when their caller speaks, and not by energy.</summary>
    public bool HasSileroVoice { get; init; }
    /// <summary>A folder of documents that are served to calls, in development; null serves none.</summary>
    public string? Documents { get; init; }
    /// <summary>The folder of the scripts of agents; null where the node has none.</summary>
    public string? Agents { get; init; }
    /// <summary>+E.164 numbers whose calls agents take, with the script of each.</summary>
    public IReadOnlyList<(string Number, string Script)> AgentLines { get; init; } = [];
    /// <summary>What thinks for assistants, and for accounts; null where nothing does.</summary>
    public LlmSettings? Llm { get; init; }
    /// <summary>What hears and speaks for assistants by OpenAI's realtime protocol; null where nothing does.</summary>
    public VoiceModelSettings? Realtime { get; init; }
    /// <summary>The same by Ultravox.</summary>
    public VoiceModelSettings? Ultravox { get; init; }
    public ImportSettings Imports { get; init; } = new();
    public bool IsLogJson { get; init; }
    public LogLevel LogLevel { get; init; }

    /// <summary>The least that a secret has that somebody chose for a node that others reach; shorter ones can be guessed.</summary>
    public const int SecretCharacters = 16;

    /// <summary>The laptop: nobody outside reaches us, so calls and webhooks to loopback are allowed.</summary>
    public bool IsOnLoopbackOnly =>
        IPAddress.IsLoopback(Http.Address) && IPAddress.IsLoopback(Admin.Address)
        && (Storage is null || IPAddress.IsLoopback(Storage.Address))
        && Networks.All(network => IPAddress.IsLoopback(network.Sip.Address) && IPAddress.IsLoopback(network.Rtp.Address)
            && (network.SipTls is null || IPAddress.IsLoopback(network.SipTls.Address)));

    /// <summary>All of them; what is in first is <see cref="Sip"/> and its like.</summary>
    /// <summary>Legs that there are ports for.</summary>
    public int Channels => Networks.Sum(network => network.Channels);

    public IReadOnlyList<NetworkSettings> Networks => [new() { Sip = Sip, SipTls = SipTls, Rtp = Rtp, Advertise = Advertise }, .. Others];

    /// <summary>Where the lab, which lives on 127.0.0.1, reaches the node; null when it does not.</summary>
    public IPEndPoint? ForLab => Networks.Select(network => network.Sip)
        .FirstOrDefault(sip => IPAddress.IsLoopback(sip.Address) && sip.AddressFamily is AddressFamily.InterNetwork
            || sip.Address.Equals(IPAddress.Any)) is { } found
                ? found.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, found.Port) : found
                : null;

    /// <summary>Beyond loopback the operator must show a key.</summary>
    public bool NeedsOperatorKey => OperatorKey is not null || !IPAddress.IsLoopback(Admin.Address);
}

/// <summary>Local UDP ports for RTP and RTCP, both ends included.</summary>
internal sealed record PortRange(IPAddress Address, int First, int Last)
{
    /// <summary>Where nobody says otherwise.</summary>
    public const int UsualFirst = 16_384, UsualLast = 32_767;

    public override string ToString() => $"{new IPEndPoint(Address, First)}-{Last}";
}
