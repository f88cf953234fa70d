using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Delivery.Streams;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Store.Keeping;

namespace Ringwright.Server.Modules;

/// <summary>What is there when a module joins a node.</summary>
internal sealed record ModuleGround
{
    public required Database Database { get; init; }
    public required string DataFolder { get; init; }
    public required EgressClient Egress { get; init; }
    /// <summary>Where recordings and the files of jobs are fetched.</summary>
    public required DownloadLinks Downloads { get; init; }
    /// <summary>Mail can go out.</summary>
    public required bool HasMail { get; init; }
    /// <summary>How long what is kept.</summary>
    public required Retention Retention { get; init; }
    /// <summary>What single APIs are told of the node's settings.</summary>
    public ApiSettings Apis { get; init; } = new();
    public required TimeProvider Time { get; init; }
    /// <summary>Between two looks for what other nodes did; null for what is usual.</summary>
    public TimeSpan? Rest { get; init; }
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Null where webhooks of a customer's may go to the URL.</summary>
    public string? WebhookUrlFault(string url) => Egress.CheckUrl(url, TargetUse.Webhook) is { IsAllowed: false } verdict
        ? verdict.Detail ?? "It is no URL that may be used." : null;

    /// <summary>The same, by the addresses that the URL's name has now.</summary>
    public async ValueTask<string?> WebhookUrlFaultAsync(string url, CancellationToken stop) =>
        await Egress.CheckUrlAsync(url, TargetUse.Webhook, stop) is { IsAllowed: false } verdict
            ? verdict.Detail ?? "It is no URL that may be used." : null;
}

/// <param name="SipHome">Where SIP users of this node are called: its first SIP domain, or its address and port.</param>
/// <param name="HasIsoDialerTimes">As the operator's setting says.</param>
/// <param name="AgentScripts">The folder of the scripts of agents; null without any.</param>
/// <param name="Llm">What thinks for assistants, and for accounts; null where nothing does.</param>
internal sealed record ApiSettings(string SipHome = "", bool HasIsoDialerTimes = false, string? AgentScripts = null,
    LlmSettings? Llm = null)
{
    /// <summary>Where the sources of the APIs are followed to the letter.</summary>
    public CompatSettings Compat { get; init; } = new();

    /// <inheritdoc cref="LiveAudioGround.HasSileroVoice"/>
    public bool HasSileroVoice { get; init; }

    /// <summary>What hears and speaks for assistants themselves; null where nothing does.</summary>
    public VoiceModelSettings? Realtime { get; init; }
    /// <inheritdoc cref="Realtime"/>
    public VoiceModelSettings? Ultravox { get; init; }

    /// <summary>Where assistants of other services are asked for.</summary>
    public ImportSettings Imports { get; init; } = new();

    /// <summary>Talks that customers' programs think for, from whoever orders them to whoever talks.</summary>
    public RelayOrders Relays { get; } = new();
}

/// <summary>What there is beside <see cref="ModuleGround"/> when APIs are served: calls can be made.</summary>
internal sealed record ModuleServices
{
    public required ModuleHttp Http { get; init; }
    public required ModuleSip Sip { get; init; }
    /// <summary>Says which recordings can be made.</summary>
    public required IRecordingFiles RecordingFiles { get; init; }
    public required ModuleSpeech Speech { get; init; }
    public required ISelfTest SelfTest { get; init; }
    public required NumberingPlans Plans { get; init; }
    /// <summary>For those who listen to an account's events.</summary>
    public required EventStream Events { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
    public ModuleDialling Dialling { get; init; } = new(static () => { }, static () => { });
    /// <summary>Whom calls that tell a code come from.</summary>
    public ModuleCodes Codes { get; init; } = new();
}

/// <param name="Caller">Of calls that say the code; null takes a number of the account that asks.</param>
/// <param name="FlashCallers">Of calls that only ring; null where the operator has no such numbers.</param>
internal sealed record ModuleCodes(string? Caller = null, NumberRange? FlashCallers = null);

/// <summary>Phones and trunks as SIP has them at this moment.</summary>
internal sealed record ModuleSip(IRegistrations Registrations, TrunkHosts TrunkHosts)
{
    /// <summary>Texts to and from phones; null where none registers.</summary>
    public IPhoneTexts? Texts { get; init; }
}

/// <summary>What whoever dials for campaigns is told.</summary>
/// <param name="Changed">Campaigns, or whom they call, have changed.</param>
/// <param name="AgentsFreed">Somebody can take calls who could not before.</param>
internal sealed record ModuleDialling(Action Changed, Action AgentsFreed)
{
    /// <summary>Says whom it would call; null where nothing dials.</summary>
    public DialCheck? Check { get; init; }
    /// <summary>Asked before somebody is written to; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>Who has numbers of the lab, and answers texts; null without one.</summary>
    public ITextPeople? People { get; init; }
    /// <summary>
    /// Makes a page of an account's on which a browser calls that number, for so long; gives null when there are as many as there may be.
    /// Null where there is no lab to call by.
    /// </summary>
    public Func<TenantId, string, TimeSpan, TryLink?>? CreateTryLink { get; init; }
}

/// <summary>Text that is spoken, speech that is written down, and documents that are only heard.</summary>
internal sealed record ModuleSpeech(ISpeech Voices, ITranscriber Transcriber, IDocumentSounds Documents)
{
    /// <summary>Of whole files; null where nobody listens to any.</summary>
    public IRecordingTranscriber? Files { get; init; }
}

/// <summary>What a module's APIs share with those of the others.</summary>
internal sealed record ModuleHttp
{
    public required PipelineServices Pipeline { get; init; }
    public required PipelineSettings Settings { get; init; }
    /// <summary>One for all APIs: an account may ask so much, in whichever language.</summary>
    public required IRequestLimiter Limiter { get; init; }
    /// <summary>Of accounts' keys and of what programs were let in with.</summary>
    public required IAuthenticator Keys { get; init; }
    public required AccessTokens Tokens { get; init; }
}
