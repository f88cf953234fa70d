using System.Net;
using Ringwright.Admission.Numbering;
using Ringwright.Admission.Rating;
using Ringwright.Delivery.Mails;
using Ringwright.Programs.Agents;
using Ringwright.Server.Nodes;
using Ringwright.Speech.Recognition;
using Ringwright.Store.Keeping;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Registrations;

namespace Ringwright.Server.Settings;

/// <summary>The settings while the rows of <see cref="ServeFlags"/> fill them in.</summary>
internal sealed class ServeDraft
{
    public IPEndPoint? Http, Admin, Storage;
    public IReadOnlyList<IPEndPoint> Sip = [], SipTls = [];
    public IReadOnlyList<(IPAddress? Host, int First, int Last)> Rtp = [];
    public IReadOnlyList<(IPAddress? Local, IPAddress Told)> Advertise = [];
    public Uri? PublicUrl, SpeechUrl, LlmUrl, RealtimeUrl, UltravoxUrl;
    public IReadOnlyList<string> SipDomains = [], PageOrigins = [];
    public IReadOnlyList<IPNetwork> AllowTargets = [], TrustedProxies = [];
    public string? OperatorKey, Data, Database, ApiKey, SpeechKey, SpeechProvider, SpeechVoice;
    public string? SipTlsCertificate, SipTlsKey, SipTlsClients, SipTlsName, Rates, EchoNumber, VerificationCaller, ReadyFile;
    public string SpeechModel = "";
    public NumberRange? FlashCallers;
    public string? Recogniser, Documents, Agents, LlmModel, LlmKeyFile, RealtimeKeyFile, RealtimeModel, UltravoxKeyFile;
    public IReadOnlyList<(string Number, string Script)> AgentLines = [];
    public IReadOnlyList<(string Api, string Host)> ApiHosts = [];
    public IReadOnlyList<(string Name, string Voice)> VoiceAliases = [];
    public IReadOnlyList<(string Name, string Model)> LlmAliases = [];
    public RecogniserDraft OpenAi = new(), Deepgram = new(), AssemblyAi = new();
    public MailServer? Mail;
    public string? MailFrom;
    public int ApiRate, AccountsBelow, Shards, CampaignShare, CampaignRate, CampaignAccountRate, CampaignChildRate, CampaignCallerRate,
        InboundRate, UnprovenShare;
    public OutOfMoney OutOfMoney;
    public bool AllowsUnpriced;
    public int? Node;
    public uint SessionSeconds, LeastSessionSeconds;
    public NatSettings Nat = new();
    public LegProbeSettings Probes = new();
    public ulong LabSeed;
    public bool HasCallTrace, HasCheckedReplies, HasIsoDialerTimes, HasLab, IsFullyDurable, IsStandby, IsLogJson, IsStreamLittleEndian,
        IsStrictWithVoices, HasSileroVoice;
    /// <summary>Null where nothing was said.</summary>
    public bool? HasMediaProcess;
    public CompatSettings Compat = new();
    public DateTimeOffset? VirtualStart;
    public TimeSpan Drain, Ringing;
    public TimeSpan? LabPace;
    public Retention Retention = new();
    public LogLevel LogLevel;

    /// <summary>What no single row can check.</summary>
    public ServeSettings Finish()
    {
        var networks = NetworkSettings.Join(Sip, SipTls, Rtp, Advertise);
        var settings = new ServeSettings
        {
            // These three have a default row, so they are never null here; and so there is a network.
            Http = Http!, Admin = Admin!, Data = Data!,
            Sip = networks[0].Sip, SipTls = networks[0].SipTls, Rtp = networks[0].Rtp, Advertise = networks[0].Advertise,
            Others = [.. networks.Skip(1)],
            SipTlsCertificate = SipTlsCertificate, SipTlsKey = SipTlsKey, SipTlsClients = SipTlsClients, SipTlsName = SipTlsName,
            PublicUrl = PublicUrl, ApiHosts = ApiHosts, SipDomains = SipDomains, PageOrigins = PageOrigins, OperatorKey = OperatorKey,
            ApiRate = ApiRate, AccountsBelow = AccountsBelow,
            CampaignShare = CampaignShare, CampaignRate = CampaignRate, CampaignAccountRate = CampaignAccountRate,
            CampaignChildRate = CampaignChildRate, CampaignCallerRate = CampaignCallerRate,
            InboundRate = InboundRate, UnprovenShare = UnprovenShare,
            OutOfMoney = OutOfMoney, AllowsUnpriced = AllowsUnpriced,
            Mail = MailFrom is null ? Mail : Mail is null ? null : Mail with { From = MailFrom },
            Storage = Storage, Database = Database, Node = Node, IsFullyDurable = IsFullyDurable, IsStandby = IsStandby,
            ApiKey = ApiKey,
            AllowTargets = AllowTargets, TrustedProxies = TrustedProxies, Rates = Rates, EchoNumber = EchoNumber,
            FlashCallers = FlashCallers,
            VerificationCaller = VerificationCaller, HasCallTrace = HasCallTrace, HasCheckedReplies = HasCheckedReplies, HasLab = HasLab,
            HasIsoDialerTimes = HasIsoDialerTimes, Compat = Compat,
            HasMediaProcess = HasMediaProcess ?? VirtualStart is null, VirtualStart = VirtualStart,
            LabSeed = LabSeed, LabPace = LabPace, ReadyFile = ReadyFile, Drain = Drain, Ringing = Ringing, Shards = Shards,
            Retention = Retention, Nat = Nat, Probes = Probes, IsStreamLittleEndian = IsStreamLittleEndian,
            SessionTimer = new() { Seconds = SessionSeconds, LeastSeconds = LeastSessionSeconds },
            SpeechUrl = SpeechUrl, SpeechKey = SpeechKey, SpeechProvider = SpeechProvider, SpeechVoice = SpeechVoice,
            SpeechModel = SpeechModel, VoiceAliases = VoiceAliases, IsStrictWithVoices = IsStrictWithVoices, Recognition = Recognition(),
            HasSileroVoice = HasSileroVoice,
            Documents = Documents, Agents = Agents, AgentLines = AgentLines,
            Llm = Llm(), Realtime = VoiceModel("realtime", "https://api.openai.com/v1", RealtimeUrl, RealtimeKeyFile, RealtimeModel),
            Ultravox = VoiceModel("ultravox", "https://api.ultravox.ai", UltravoxUrl, UltravoxKeyFile, model: null),
            IsLogJson = IsLogJson, LogLevel = LogLevel,
        };
        if (VirtualStart is not null) VirtualRules.Check(settings);
        if (settings.HasLab && settings.ForLab is null)
            throw new StartRefused("--lab needs a --sip on a loopback address (or 0.0.0.0): its people live on 127.0.0.1");
        if (LabPace is not null && !HasLab)
            throw new StartRefused("--lab-pace needs --lab; 'ringwright policy set number_order digits:SECONDS' does it elsewhere");
        if (Documents is not null && (!IPAddress.IsLoopback(settings.Http.Address) || TrustedProxies.Count > 0))
            throw new StartRefused(
                "--documents is for development: whoever reaches --http reads the folder, so --http must be on loopback, with no proxy "
                + "before it; elsewhere store documents by the operator's API");
        if (Documents is not null && PageOrigins.Contains(CrossOrigin.Any))
            throw new StartRefused("--documents does not go with --cors '*': any page in a browser here could read the folder");
        CheckAgents();
        if (Retention.Legs is { } legs
                && (Retention.Events is not { } events || Retention.Records is not { } records || legs < events || legs < records))
            throw new StartRefused(
                "--keep-legs must not be shorter than --keep-events and --keep-records: an event or a record is shown "
                + "with what is known of its leg");
        if (SessionSeconds < LeastSessionSeconds) throw new StartRefused("--session-expires must not be below --session-min");
        if ((settings.SipTlsCertificate is null) != (settings.SipTlsKey is null))
            throw new StartRefused("--sip-tls-cert and --sip-tls-key belong together: give both or neither");
        if (SipTls.Count == 0 && (settings.SipTlsCertificate ?? settings.SipTlsClients) is not null)
            throw new StartRefused("--sip-tls-cert and --sip-tls-clients need --sip-tls");
        if (SipTlsName is not null && (SipTls.Count == 0 || !SipDomains.Contains(SipTlsName, StringComparer.OrdinalIgnoreCase)))
            throw new StartRefused("--sip-tls-name needs --sip-tls, and must be one of the names of --sip-domain");
        if (MailFrom is not null && Mail is null)
            throw new StartRefused("--mail-from needs --smtp: without a mail server no mail goes out");
        if (settings.ApiKey is not null && settings.ApiKey == settings.OperatorKey)
            throw new StartRefused("--operator-key must not be the --api-key: a customer's key never opens the operator's door");
        if (!settings.IsOnLoopbackOnly && settings.ApiKey is { Length: < ServeSettings.SecretCharacters })
            throw new StartRefused(
                $"--api-key must have at least {ServeSettings.SecretCharacters} characters when the node can be reached from elsewhere: "
                + "give a longer one, or none, and one is made");
        return settings;
    }

    /// <summary>A script that cannot be read is found here, and not by the first caller.</summary>
    private void CheckAgents()
    {
        if (AgentLines.Count > 0 && Agents is null) throw new StartRefused("--agent-lines needs --agents, the folder of their scripts");
        foreach (var (number, script) in AgentLines)
            if (AgentScripts.FaultOf(Agents!, script) is { } fault)
                throw new StartRefused($"--agent-lines {number}={script}: {fault}");
    }

    private LlmSettings? Llm()
    {
        if (LlmUrl is not { } url)
        {
            if ((LlmModel ?? LlmKeyFile) is not null || LlmAliases.Count > 0)
                throw new StartRefused("--llm-model, --llm-alias and --llm-key-file need --llm-url");
            return null;
        }
        if (url.UserInfo.Length > 0) throw new StartRefused("--llm-url has no user; the server's key is in --llm-key-file");
        if (LlmModel is not null && LlmAliases.Count > 0)
            throw new StartRefused("--llm-alias says nothing beside --llm-model, which is asked for whatever is named");
        if (LlmKeyFile is { } file && ModelKey.FaultOf(file) is { } fault) throw new StartRefused($"--llm-key-file: {fault}");
        return new(Core.BaseAddress.Of(url.ToString(), "/chat/completions"))
        {
            Model = LlmModel, Aliases = LlmAliases, KeyFile = LlmKeyFile,
        };
    }

    /// <param name="usual">Where its vendor has it.</param>
    private VoiceModelSettings? VoiceModel(string name, string usual, Uri? url, string? keyFile, string? model)
    {
        if (url is null && keyFile is null)
            return model is null ? null : throw new StartRefused($"--{name}-model needs --{name}-url or --{name}-key-file");
        if (url is { UserInfo.Length: > 0 }) throw new StartRefused($"--{name}-url has no user; the server's key is in --{name}-key-file");
        if (LlmUrl is null)
            throw new StartRefused(
                $"--{name}-url and --{name}-key-file need --llm-url, for all that assistants read and write beside calls");
        if (keyFile is not null && ModelKey.FaultOf(keyFile) is { } fault) throw new StartRefused($"--{name}-key-file: {fault}");
        string asked = name is "realtime" ? "/realtime" : "/api/calls";
        return new(Core.BaseAddress.Of(url?.ToString() ?? usual, asked)) { KeyFile = keyFile, Model = model };
    }

    private RecognitionOptions Recognition()
    {
        if (OpenAi.Url is null && (OpenAi.Key ?? OpenAi.Model) is not null)
            throw new StartRefused("--recogniser-key and --recogniser-model need --recogniser-url");
        var options = new RecognitionOptions
        {
            Default = Recogniser,
            OpenAi = OpenAi.Finish(null),
            Deepgram = Deepgram.Finish("wss://api.deepgram.com"),
            AssemblyAi = AssemblyAi.Finish("wss://streaming.assemblyai.com"),
        };
        bool isMissing = Recogniser switch
        {
            "openai" => options.OpenAi is null,
            "deepgram" => options.Deepgram is null,
            "assemblyai" => options.AssemblyAi is null,
            _ => false,
        };
        if (isMissing)
            throw new StartRefused(Recogniser == "openai" ? "--recogniser openai needs --recogniser-url"
                : $"--recogniser {Recogniser} needs --{Recogniser}-key, or --{Recogniser}-url where no key is asked for");
        return options;
    }
}
