using System.Net;
using Ringwright.Admission.Rating;
using Ringwright.Speech;
using Ringwright.Speech.Recognition;
using Ringwright.Switch.Registrations;

namespace Ringwright.Server.Settings;

/// <summary>
/// One setting of <c>serve</c>. <see cref="Placeholder"/> is null for a switch; <see cref="Default"/> is text as it would be typed.
/// <c>docs/reference/settings.md</c> is these rows.
/// </summary>
internal sealed record ServeFlag(string Name, string? Placeholder, string Default, string Meaning, Action<ServeDraft, SettingText> Apply)
{
    /// <summary>It may be typed several times, which is the same as once with commas between.</summary>
    public bool IsRepeatable => Placeholder?.EndsWith(",…", StringComparison.Ordinal) is true;

    /// <summary><c>--api-rate</c> is <c>RINGWRIGHT_API_RATE</c>.</summary>
    public string Variable => "RINGWRIGHT_" + Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}

/// <summary>All settings of <c>serve</c>, in the order in which the help lists them.</summary>
internal static class ServeFlags
{
    public static readonly IReadOnlyList<ServeFlag> All =
    [
        new("--http", "HOST:PORT", "127.0.0.1:8080", "where customers reach the API; port 0 takes a free one",
            (s, text) => s.Http = text.EndPoint()),
        new("--sip", "HOST:PORT,…", "127.0.0.1:5060",
            "where carriers and phones reach us by SIP over UDP and, on the same port, TCP; port 0 takes a free one; one for each network "
                + "that the node is on, IPv4 or IPv6 ([HOST]:PORT)",
            (s, text) => s.Sip = text.EndPoints()),
        new("--sip-tls", "HOST:PORT,…", "",
            "where carriers and phones reach us by SIP over TLS, usually port 5061; off when not set; of several networks each on the host "
                + "of its --sip",
            (s, text) => s.SipTls = text.EndPoints()),
        new("--sip-tls-cert", "FILE", "",
            "PEM certificate for --sip-tls, with the chain up to its root; the node's own authority in DATA/ca signs one when not set",
            (s, text) => s.SipTlsCertificate = text.ExistingFile()),
        new("--sip-tls-key", "FILE", "", "PEM key of --sip-tls-cert, not encrypted",
            (s, text) => s.SipTlsKey = text.ExistingFile()),
        new("--sip-tls-clients", "FILE", "",
            "PEM certificates of who must have signed the certificates of those that connect to --sip-tls; none are asked for when not set",
            (s, text) => s.SipTlsClients = text.ExistingFile()),
        new("--sip-tls-name", "NAME", "",
            "the host name that SIP by TLS has for this node in Via and Contact, one of --sip-domain that leads to no other node; its "
                + "address when not set",
            (s, text) => s.SipTlsName = text.HostName()),
        new("--rtp", "[HOST:]FIRST-LAST,…", "16384-32767",
            "local ports for audio, two per call, on the host of each --sip; with the host of one of several for that network alone; "
                + "ports from 1024 to 65535, at least two",
            (s, text) => s.Rtp = text.PortRanges()),
        new("--advertise", "[LOCAL=]ADDRESS,…", "",
            "the IP address that SIP and SDP name, when it is not the one listened on (NAT, containers): of the first network of its IP "
                + "version, or of the one whose --sip is on the host LOCAL",
            (s, text) => s.Advertise = text.Addresses()),
        new("--public-url", "URL", "",
            "how customers reach --http from outside, for links in answers, with the path that a proxy has it below (/pbx) if there is "
                + "one; http://HOST:PORT of --http when not set",
            (s, text) => s.PublicUrl = text.HttpUrl()),
        new("--api-hosts", "API=HOST,…", "",
            "host names at which an API whose path begins with its name (/API/v1) has the path of its original (/v1) as well",
            (s, text) => s.ApiHosts = text.ApiHosts()),
        new("--sip-domain", "NAME,…", "", "SIP domains that are ours, separated by commas",
            (s, text) => s.SipDomains = text.HostNames()),
        new("--admin", "HOST:PORT", "127.0.0.1:8081",
            "where the operator's API and metrics are; beyond loopback it demands the operator key",
            (s, text) => s.Admin = text.EndPoint()),
        new("--operator-key", "KEY", "",
            "the operator's key, at least 16 characters; beyond loopback one is made and printed once when not set",
            (s, text) => s.OperatorKey = text.Secret(ServeSettings.SecretCharacters)),
        new("--api-rate", "N", "200", "requests a second that one account may make, with all of its keys together, 1 to 1000000",
            (s, text) => s.ApiRate = (int)text.Number(1, 1_000_000)),
        new("--accounts-below", "N", "1000",
            "accounts that one account may make below it by the APIs, 0 to 1000000; the operator may make more",
            (s, text) => s.AccountsBelow = (int)text.Number(0, 1_000_000)),
        new("--storage", "HOST:PORT", "", "a listener of its own for the storage operations; off when not set",
            (s, text) => s.Storage = text.EndPoint()),
        new("--data", "DIR", "./.ringwright", "folder for the database, prompts and recordings; made when it does not exist",
            (s, text) => s.Data = text.Folder()),
        new("--database", "ADDRESS", "",
            "sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/NAME (or postgres: and a connection string of Npgsql); when not "
                + "set, the one that the data folder was used with before, at first its file ringwright.db",
            (s, text) => s.Database = text.Database()),
        new("--node", "N", "",
            "this node's number among those that share a database on a server, 1 to 255; when not set, the one that the data folder was "
                + "used with before, at first 1",
            (s, text) => s.Node = (int)text.Number(1, 255)),
        new("--standby", null, "",
            "wait until no other process runs the node of this number, and then take its place; for a database on a server",
            (s, text) => s.IsStandby = text.Switch()),
        new("--durability", "normal|full", "normal",
            "normal survives a killed process; full also survives a power cut, at some speed; "
                + "on PostgreSQL normal is what the server is set up for",
            (s, text) => s.IsFullyDurable = text.OneOf("normal", "full") == "full"),
        new("--api-key", "KEY", "",
            "the first account's API key, at least 16 characters, on a node on loopback alone 4; a random one is made "
                + "and printed once when not set",
            (s, text) => s.ApiKey = text.Secret(4)),
        new("--allow-targets", "CIDR,…", "", "private networks that webhooks, audio and SIP may go to, for example 10.0.0.0/8",
            (s, text) => s.AllowTargets = text.Networks()),
        new("--trusted-proxies", "CIDR,…", "",
            "addresses of proxies before --http and --storage: theirs is the word, in X-Forwarded-For or Forwarded, on where a request "
                + "came from, and their connections are not bounded as one stranger's; nobody's when not set",
            (s, text) => s.TrustedProxies = text.Networks()),
        new("--cors", "ORIGIN,…", "",
            "origins such as https://console.example.com whose pages may use the APIs of --http from a browser, with a key; * for all; "
                + "none when not set",
            (s, text) => s.PageOrigins = text.Origins()),
        new("--smtp", "URL", "",
            "the mail server that notifications go out by: smtp://USER:PASSWORD@HOST:PORT (STARTTLS where the server has it, and always "
                + "with a password) or smtps://… (TLS from the first byte); no mail goes out when not set",
            (s, text) => s.Mail = text.MailServer()),
        new("--mail-from", "ADDRESS", "", "who mails are from; ringwright@HOST of --smtp when not set",
            (s, text) => s.MailFrom = text.MailAddress()),
        new("--rates", "FILE", "",
            "what calls cost, as a deck of its own: lines of +PREFIX,DOLLARS_A_MINUTE,INITIAL_SECONDS,INCREMENT_SECONDS, or CSV "
                + "with a head line as ringwright rates import takes it",
            (s, text) => s.Rates = text.ExistingFile()),
        new("--echo", "NUMBER", "",
            "a test line: calls to this +E.164 number are answered at once and sent back what they say; none when not set",
            (s, text) => s.EchoNumber = text.PhoneNumber()),
        new("--verification-from", "NUMBER", "",
            "the +E.164 number that calls come from which tell a code to whom an account wants to show; "
                + "a number of that account when not set",
            (s, text) => s.VerificationCaller = text.PhoneNumber()),
        // Five tries among fewer numbers would be luck.
        new("--flash-from", "+FIRST-+LAST", "",
            "the numbers, a thousand in a row or more, that calls come from which only ring: the last five digits of one are a code; "
                + "none when not set",
            (s, text) => s.FlashCallers = text.Numbers(1_000)),
        new("--dialer-times", "space|iso", "space",
            "how the dialer's API writes moments, in answers and events: 2026-01-31 09:00:00.000000, or 2026-01-31T09:00:00.000000Z; "
                + "it reads both",
            (s, text) => s.HasIsoDialerTimes = text.OneOf("space", "iso") == "iso"),
        .. CompatFlags.All,
        new("--lab", null, "", "start the lab: a carrier with people who answer, are busy, press digits",
            (s, text) => s.HasLab = text.Switch()),
        new("--lab-pace", "SECONDS", "",
            "with --lab: so long a number that is ordered waits, and its last two digits say what becomes of it, as PUT "
                + "/operator/v1/policies would with digits:SECONDS at each start; orders are done at once when not set",
            (s, text) => s.LabPace = TimeSpan.FromSeconds(text.Number(0, 999_999))),
        new("--seed", "N", "1", "what the people of the lab choose (delays, words)",
            (s, text) => s.LabSeed = (ulong)text.Number(0, long.MaxValue)),
        new("--clock", "wall|virtual[=INSTANT]", "wall",
            "virtual: for tests of applications, time that jumps to the next due moment when nothing is open; the lab and its network are "
                + "in this process then. It begins on a Tuesday (2026-01-06T15:00:00Z), or at INSTANT, and POST /operator/v1/clock holds "
                + "and moves it",
            (s, text) => s.VirtualStart = text.VirtualStart()),
        new("--media", "process|inline", "",
            "where audio runs: in a process of its own, which nothing else can delay, as it is when not set, or inside this one, as with "
                + "--clock virtual",
            (s, text) => s.HasMediaProcess = text.OneOf("process", "inline") == "process"),
        new("--stream-byte-order", "network|little", "network",
            "which byte of a sample comes first when a media stream carries L16: the high one, as in RTP, or the low one",
            (s, text) => s.IsStreamLittleEndian = text.OneOf("network", "little") == "little"),
        new("--black-box", "on|off", "on", "keep each call's SIP messages and commands, secrets hidden, for call trace",
            (s, text) => s.HasCallTrace = text.IsOn()),
        new("--keep-legs", "DAYS|forever", "forever",
            "how long what is known of a call's leg is kept after its end; never shorter than the next two",
            (s, text) => s.Retention = s.Retention with { Legs = text.Days() }),
        new("--keep-events", "DAYS|forever", "forever",
            "how long the events of a call are kept after its end: the verdict in call trace, GET /v2/call_events",
            (s, text) => s.Retention = s.Retention with { Events = text.Days() }),
        new("--keep-records", "DAYS|forever", "forever",
            "how long call records, and those of recordings, machine detections and spoken text, are kept for reports",
            (s, text) => s.Retention = s.Retention with { Records = text.Days() }),
        new("--keep-recordings", "DAYS|forever", "forever", "how long recordings are kept, if their account does not delete them before",
            (s, text) => s.Retention = s.Retention with { Recordings = text.Days() }),
        new("--keep-traces", "DAYS|forever", "7", "how long call traces are kept",
            (s, text) => s.Retention = s.Retention with { Traces = text.Days() }),
        new("--keep-deliveries", "DAYS|forever", "30", "how long delivered and given-up webhooks and mails are kept, with their attempts",
            (s, text) => s.Retention = s.Retention with { Deliveries = text.Days() }),
        new("--check-replies", null, "", "hold each reply of the API against the contract and answer 500 where one deviates; for tests",
            (s, text) => s.HasCheckedReplies = text.Switch()),
        new("--shards", "N", "0", "signalling threads, 1 to 64; 0 takes a quarter of the cores",
            (s, text) => s.Shards = (int)text.Number(0, 64)),
        new("--campaign-share", "N", "90",
            "per cent of the calls that --rtp has ports for which campaigns may have together, 1 to 100: the others are for who calls in",
            (s, text) => s.CampaignShare = (int)text.Number(1, 100)),
        new("--campaign-rate", "N", "0", "calls a second that all campaigns begin together on this node, 1 to 1000, or 0 for no limit",
            (s, text) => s.CampaignRate = (int)text.Number(0, 1000)),
        new("--campaign-account-rate", "N", "0",
            "calls a second that campaigns of an account and its child accounts begin together on this node, 1 to 1000, or 0 for no limit",
            (s, text) => s.CampaignAccountRate = (int)text.Number(0, 1000)),
        new("--campaign-child-rate", "N", "0",
            "calls a second that campaigns of one child account begin together on this node, 1 to 1000, or 0 for no limit",
            (s, text) => s.CampaignChildRate = (int)text.Number(0, 1000)),
        new("--campaign-caller-rate", "N", "0",
            "calls a second that campaigns may begin on this node and that show the same number, 1 to 1000, or 0 for no limit",
            (s, text) => s.CampaignCallerRate = (int)text.Number(0, 1000)),
        new("--inbound-rate", "N", "100",
            "calls a second that may come in for one account, and by one trunk that says nothing of it, 1 to 10000, or 0 for no limit; "
                + "there is none while all listeners are on loopback addresses",
            (s, text) => s.InboundRate = (int)text.Number(0, 10_000)),
        new("--unproven-share", "N", "25",
            "per cent of channels and ports, 1 to 100, that calls of one source may take which came by UDP from an address that has not "
                + "acknowledged one within an hour; what comes beyond that rings for 10 seconds at most",
            (s, text) => s.UnprovenShare = (int)text.Number(1, 100)),
        new("--out-of-money", "end|tone|go-on", "end",
            "what becomes of a live call whose account's balance, credit or cap of the day does not pay for its next interval: it ends "
                + "(cause insufficient_funds), with tone its far end hears three tones about ten seconds before, or it goes on",
            (s, text) => s.OutOfMoney = text.OneOf("end", "tone", "go-on") switch
            {
                "tone" => OutOfMoney.Tone, "go-on" => OutOfMoney.GoOn, _ => OutOfMoney.End,
            }),
        new("--unpriced", "refuse|allow", "refuse",
            "calls to numbers without a price of accounts whose balance or cap was named, that have a max_destination_rate, or a deck with "
                + "prices, and texts there of accounts whose balance is limited or whose deck prices texts: refused (no_price), or allowed "
                + "and free",
            (s, text) => s.AllowsUnpriced = text.OneOf("refuse", "allow") == "allow"),
        new("--session-expires", "N", "1800", "seconds after which a call that neither side has refreshed is over (RFC 4028), 2 to 86400",
            (s, text) => s.SessionSeconds = (uint)text.Number(2, 86_400)),
        new("--session-min", "N", "90", "the shortest such time that a far end may ask for, 2 to 86400; below 90 is for tests",
            (s, text) => s.LeastSessionSeconds = (uint)text.Number(2, 86_400)),
        new("--nat-keepalive", "options|crlf|off", "options",
            "what a phone behind a NAT is sent so that the way to it stays open: OPTIONS, which it answers, or an empty line",
            (s, text) => s.Nat = s.Nat with
            {
                KeepAlive = Enum.Parse<KeepAliveKind>(text.OneOf("options", "crlf", "off"), ignoreCase: true)
            }),
        new("--nat-keepalive-seconds", "N", "15", "how often, 5 to 600; over TCP and TLS every fourth time",
            (s, text) => s.Nat = s.Nat with { Every = TimeSpan.FromSeconds(text.Number(5, 600)) }),
        new("--nat-expires", "N", "120", "seconds that a phone behind a NAT is registered for at most, 30 to 7200",
            (s, text) => s.Nat = s.Nat with { Expiry = TimeSpan.FromSeconds(text.Number(30, 7_200)) }),
        new("--hold-probe-seconds", "N", "60",
            "how often a far end that holds its call, and has no session timer, is asked by OPTIONS whether it is still there, 5 to 3600",
            (s, text) => s.Probes = s.Probes with { Every = TimeSpan.FromSeconds(text.Number(5, 3_600)) }),
        new("--hold-probes", "N", "2", "how many of these in a row may find nobody before it counts as gone, 1 to 100",
            (s, text) => s.Probes = s.Probes with { Questions = (int)text.Number(1, 100) }),
        new("--hold-grace-seconds", "N", "30",
            "how long it has after the last of them to come back by itself, as a phone on a new network does, 0 to 3600",
            (s, text) => s.Probes = s.Probes with { Grace = TimeSpan.FromSeconds(text.Number(0, 3_600)) }),
        new("--ring-seconds", "N", "180",
            "how long an inbound call may ring before its application has answered or ended it, 5 to 3600; its caller then gets 480",
            (s, text) => s.Ringing = TimeSpan.FromSeconds(text.Number(5, 3_600))),
        new("--ready-file", "FILE", "",
            "written when the node is up, as JSON: where it listens (http, admin, sip, rtp), pid, version and since when (started_at); "
                + "taken away when it starts and when it stops",
            (s, text) => s.ReadyFile = text.NewFile()),
        new("--drain-seconds", "N", "5", "how long live calls may go on after a stop was asked for, 0 to 86400",
            (s, text) => s.Drain = TimeSpan.FromSeconds(text.Number(0, 86_400))),
        new("--speech-provider", "espeak-ng|openai|elevenlabs|azure|polly", "",
            "who speaks; when not set openai where there is a --speech-url, else the espeak-ng program",
            (s, text) => s.SpeechProvider = text.OneOf([.. SpeechProviders.Names])),
        new("--speech-url", "URL", "",
            "where the speech provider is: an OpenAI-compatible service up to and without /audio/speech, Azure's of a region "
                + "(https://REGION.tts.speech.microsoft.com), Polly's "
                + "(https://polly.us-east-1.amazonaws.com when not set), or another for https://api.elevenlabs.io",
            (s, text) => s.SpeechUrl = text.HttpUrl()),
        new("--speech-key", "KEY", "", "the speech provider's API key; ID:SECRET of an access key of AWS (polly)",
            (s, text) => s.SpeechKey = text.Secret(1)),
        new("--speech-voice", "NAME", "", "the provider's voice for names that are none of its own",
            (s, text) => s.SpeechVoice = text.Value),
        new("--voice-alias", "NAME=VOICE,…", "",
            "names of other vendors' voices and the provider's voice that speaks for each; NAME* is all names that begin so",
            (s, text) => s.VoiceAliases = text.VoiceAliases()),
        new("--strict-voices", null, "",
            "refuse voices of other vendors that have no alias, which another voice speaks with a warning else",
            (s, text) => s.IsStrictWithVoices = text.Switch()),
        new("--speech-model", "NAME", "", "the model that is asked for; tts-1 (openai) or eleven_multilingual_v2 (elevenlabs) "
            + "when not set; the engine of voices that say none (polly)",
            (s, text) => s.SpeechModel = text.Value),
        new("--recogniser", "openai|deepgram|assemblyai|built-in", "",
            "who turns speech into text when nobody is named; when not set the first that is set up, "
                + "which built-in (isolated digits, yes and no) never is",
            (s, text) => s.Recogniser = text.OneOf([.. Recognisers.Names])),
        new("--recogniser-url", "URL", "",
            "an OpenAI-compatible transcription service, such as a whisper server on this machine, up to and without /audio/transcriptions",
            (s, text) => s.OpenAi.Url = text.HttpUrl()),
        new("--recogniser-key", "KEY", "", "the API key for --recogniser-url",
            (s, text) => s.OpenAi.Key = text.Secret(1)),
        new("--recogniser-model", "NAME", "", "the model that --recogniser-url is asked for; whisper-1 when not set",
            (s, text) => s.OpenAi.Model = text.Value),
        new("--deepgram-key", "KEY", "", "the API key for live recognition by Deepgram",
            (s, text) => s.Deepgram.Key = text.Secret(1)),
        new("--deepgram-url", "URL", "", "a Deepgram of one's own, ws or wss, up to and without /v1/listen; theirs when not set",
            (s, text) => s.Deepgram.Url = text.SocketUrl()),
        new("--deepgram-model", "NAME", "", "the model that Deepgram is asked for; nova-3 when not set",
            (s, text) => s.Deepgram.Model = text.Value),
        new("--assemblyai-key", "KEY", "", "the API key for live recognition by AssemblyAI",
            (s, text) => s.AssemblyAi.Key = text.Secret(1)),
        new("--assemblyai-url", "URL", "",
            "where AssemblyAI's streaming is reached, ws or wss, up to and without /v3/ws; wss://streaming.assemblyai.com when not set",
            (s, text) => s.AssemblyAi.Url = text.SocketUrl()),
        new("--assemblyai-model", "NAME", "",
            "the model that AssemblyAI is asked for; their universal streaming for English, or for other languages, when not set",
            (s, text) => s.AssemblyAi.Model = text.Value),
        new("--voice-detector", "silero|energy", "energy",
            "what tells assistants and agents when the caller speaks: Silero's model, which knows voices from other sounds, or the energy "
                + "over the noise",
            (s, text) => s.HasSileroVoice = text.OneOf("silero", "energy") == "silero"),
        new("--documents", "FOLDER", "",
            "in development: documents that answer calls, read anew for each; FOLDER/menu.xml is /documents/files/menu.xml on --http, "
                + "which must be on loopback",
            (s, text) => s.Documents = text.ExistingFolder()),
        new("--llm-url", "URL", "",
            "the language model that thinks for assistants and that accounts may ask: a server of OpenAI's chat completions, up to and "
                + "without /chat/completions; without it nobody does",
            (s, text) => s.LlmUrl = text.HttpUrl()),
        new("--llm-model", "NAME", "",
            "the model that is asked for, whatever an assistant or a request names; the one that it names when not set",
            (s, text) => s.LlmModel = text.Value),
        new("--llm-alias", "NAME=MODEL,…", "",
            "models that assistants and requests name, and the server's model that is asked for each; *=MODEL is all other names",
            (s, text) => s.LlmAliases = text.ModelAliases()),
        new("--llm-key-file", "FILE", "", "a file with the key of that server and nothing else, read anew for each question",
            (s, text) => s.LlmKeyFile = Path.GetFullPath(text.Value)),
        new("--realtime-url", "URL", "",
            "models that hear and speak themselves, for assistants whose model has realtime in its name: a server of OpenAI's realtime "
                + "protocol, up to and without /realtime; https://api.openai.com/v1 where only its key is given",
            (s, text) => s.RealtimeUrl = text.HttpUrl()),
        new("--realtime-key-file", "FILE", "", "a file with the key of that server and nothing else, read anew for each call",
            (s, text) => s.RealtimeKeyFile = Path.GetFullPath(text.Value)),
        new("--realtime-model", "NAME", "",
            "the model that it is asked for, whatever an assistant names; the one that it names when not set",
            (s, text) => s.RealtimeModel = text.Value),
        new("--ultravox-url", "URL", "",
            "the same for assistants whose model begins with fixie-ai/: a server of Ultravox, up to and without /api/calls; "
                + "https://api.ultravox.ai where only its key is given",
            (s, text) => s.UltravoxUrl = text.HttpUrl()),
        new("--ultravox-key-file", "FILE", "", "a file with the key of that server and nothing else, read anew for each call",
            (s, text) => s.UltravoxKeyFile = Path.GetFullPath(text.Value)),
        new("--agents", "FOLDER", "",
            "agents that talk with callers, FOLDER/NAME.json, scripts or with a model, read anew for each call; none when not set",
            (s, text) => s.Agents = text.ExistingFolder()),
        new("--agent-lines", "NUMBER=NAME,…", "",
            "numbers of the node's own, in +E.164 form, whose calls an agent takes by the script of that name in --agents",
            (s, text) => s.AgentLines = text.AgentLines()),
        new("--log-format", "text|json", "text", "how log lines are written to stderr",
            (s, text) => s.IsLogJson = text.OneOf("text", "json") == "json"),
        new("--log-level", "LEVEL", "information",
            "the least important lines that are written: trace, debug, information, warning, error, critical, none",
            (s, text) => s.LogLevel = Enum.Parse<LogLevel>(
                text.OneOf("trace", "debug", "information", "warning", "error", "critical", "none"), ignoreCase: true)),
    ];

    /// <summary>A flag wins over its environment twin, and that over the default.</summary>
    /// <param name="flag">The text after a flag ("true" for a bare switch); null when it was not typed.</param>
    /// <exception cref="StartRefused">A text is not what its setting takes.</exception>
    public static ServeSettings Read(Func<string, string?> flag, Func<string, string?> variable)
    {
        var draft = new ServeDraft();
        foreach (var row in All)
        {
            if (flag(row.Name) is { } typed) row.Apply(draft, new(row.Name, typed));
            else if (EnvironmentText.Plain(variable(row.Variable)) is { } set) row.Apply(draft, new(row.Variable, set));
            else if (row.Default.Length > 0) row.Apply(draft, new(row.Name, row.Default));
        }
        return draft.Finish();
    }
}
