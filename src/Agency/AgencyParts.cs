using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Agency.Telling;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>What the handlers of this API use.</summary>
public sealed record AgencyParts
{
    public required Database Store { get; init; }

    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Says whom the node would call; null where nothing dials.</summary>
    public DialCheck? Check { get; init; }

    /// <summary>Speaks; null where nothing does.</summary>
    public ISpeech? Speech { get; init; }

    /// <summary>Judges calls that are over; null where nothing does.</summary>
    public ICallJudge? Judge { get; init; }

    /// <summary>Judges calls of an agency by a model of its own; null where nothing does.</summary>
    public Func<TenantId, OwnModel, ICallJudge>? OwnJudge { get; init; }

    /// <summary>Asks providers of voices; null where nothing does.</summary>
    public IProviderWeb? Web { get; init; }

    /// <summary>Whether a carrier has signed what it tells; where nothing can say so, none has.</summary>
    public SignatureCheck IsSigned { get; init; } = static (_, _, _) => false;

    /// <summary>Mail can go out.</summary>
    public bool HasMail { get; init; }

    /// <summary>
    /// A page of an agency's on which a browser calls a number for so long, below the node's public root; gives null when there are as many
    /// as there may be. Null where no browser calls.
    /// </summary>
    public Func<TenantId, string, TimeSpan, (string Path, DateTimeOffset ExpiresAt)?>? Browse { get; init; }

    /// <summary>Ends when the listeners close: whoever is told of calls is told no more.</summary>
    public CancellationToken Closing { get; init; }

    /// <summary>Why the node would never ask at a URL; null where nothing speaks against it.</summary>
    public Func<string, string?> UrlFault { get; init; } = static _ => null;

    /// <summary>The same of a webhook of a customer's, whose name is looked up.</summary>
    public Func<string, CancellationToken, ValueTask<string?>> WebhookFault { get; init; } = static (_, _) => new((string?)null);

    /// <summary>What is wrong with an agent as it talks, as part of a sentence; null when nothing is.</summary>
    public Func<string, string?> ScriptFault { get; init; } = static _ => null;

    /// <summary>Users have changed: nobody is believed any more without asking.</summary>
    public Action UsersChanged { get; set; } = static () => { };

    internal UserTable Users => new(Store);

    internal AdministratorTable Administrators => new(Store);

    internal UserSessionTable Sessions => new(Store);

    internal AgencyKeyTable Keys => new(Store);

    internal TenancyTable Tenancy => new(Store);

    internal ClientRemoval ClientRemoval => new(Store);

    internal ClientRoom Room => new(this);

    internal AgentTable Agents => new(Store);

    internal ProviderAgentTable ProviderAgents => new(Store);

    internal ProviderVoiceTable ProviderVoices => new(Store);

    internal ProviderToolTable ProviderTools => new(Store);

    internal ToolTable Tools => new(Store);

    internal CallNoteTable CallNotes => new(Store);

    internal TurnTable Turns => new(Store);

    internal EnrichmentTable Enrichments => new(Store);

    internal AnalysisTable Analyses => new(Store);

    internal EnrichmentQueueTable Queue => new(Store);

    internal QueueHealthTable QueueHealth => new(Store);

    internal AlertTable Alerts => new(Store);

    internal IntegrationTable Integrations => new(Store);

    internal WebhookQueueTable Webhooks => new(Store);

    internal WebhookLogTable WebhookLogs => new(Store);

    internal ProviderCallTable ProviderCalls => new(Store);

    internal SyncJobTable SyncJobs => new(Store);

    internal WrittenNoteTable WrittenNotes => new(Store);

    internal MovingCallTable Moving => new(Store);

    internal AgencyNumberTable Numbers => new(Store);

    internal BroughtNumberTable Brought => new(Store);

    internal NumberPriceTable NumberPrices => new(Store);

    internal AgencyCampaignTable Campaigns => new(Store);

    internal BatchTable Batches => new(Store);

    internal ContactTable Contacts => new(Store);

    internal WaitingContactTable Waiting => new(Store);

    internal ContactFollowTable Followed => new(Store);

    internal EndedCallTable EndedCalls => new(Store);

    internal FollowMarks Marks { get; } = new();

    internal HeldContactTable Held => new(Store);

    internal KeptTable Kept => new(Store);

    internal TakenOut TakenOut { get; } = new();

    internal WorthLooking WebhooksWait { get; } = new(TimeSpan.FromSeconds(5));

    internal WorthLooking HistoriesWait { get; } = new(TimeSpan.FromSeconds(10));

    internal OutboundHooks Outbound { get; } = new();

    internal EventTelling Telling { get; } = new();

    internal ImportTable Imports => new(Store);

    internal RequestKeyTable RequestKeys => new(Store);

    internal FigureTable Figures => new(Store);

    internal FigureHourTable FigureHours => new(Store);

    internal ComplianceTable ComplianceRows => new(Store);

    internal RatePlanTable RatePlans => new(Store);

    internal UsageTable Usage => new(Store);

    internal ClientCharging Charging => new(this);

    internal Suppression Suppression => new(this);

    internal BatchFollower Follower => new(this);

    /// <summary>Batches of all agencies are brought in step with whoever dials for them: again and again.</summary>
    public Task FollowBatchesAsync(CancellationToken stop) => Follower.FollowAllAsync(stop);

    /// <summary>Numbers have come onto an account's do-not-call list.</summary>
    public void HearOfListed(TenantId owner, IReadOnlySet<string> numbers) => TakenOut.Hear(owner, numbers);

    /// <summary>Whoever waits with such a number is called no more.</summary>
    public Task TakeOutAsync(CancellationToken stop) => TakenOut.RunAsync(this, stop);

    /// <summary>Who is told of agencies, as all nodes have it.</summary>
    public Task ReadHooksAsync(CancellationToken stop) => Outbound.ReadAsync(Store, stop);

    /// <summary>What has happened in agencies is told to whoever listens: again and again.</summary>
    public Task TellAsync(CancellationToken stop) => Telling.LookAsync(this, stop);

    /// <summary>What agencies keep of their calls for so many days alone goes when it is older.</summary>
    public Task KeepAsync(CancellationToken stop) => new KeptFor(this).RunAsync(stop);

    /// <summary>What providers have told of their calls is merged, as soon as this process hears of it: again and again.</summary>
    public Task FollowWebhooksAsync(CancellationToken stop) =>
        WebhooksWait.IsNow(Store.Time) ? new WebhookFollower(this).RunAsync(stop) : Task.CompletedTask;

    /// <summary>What was said in those that are over is fetched, where the agency has a key.</summary>
    public Task FetchAsync(CancellationToken stop) => new ProviderTranscripts(this).RunAsync(stop);

    /// <summary>Those of which nobody has said that they are over are asked for.</summary>
    public Task FollowSilentCallsAsync(CancellationToken stop) => new SilentCalls(this).RunAsync(stop);

    /// <summary>The history of their calls is read, page by page, for whoever wants it.</summary>
    public Task ReadHistoryAsync(CancellationToken stop) => new HistoricalSync(this).RunAsync(stop);

    /// <summary>The same, where a job may wait: again and again.</summary>
    public async Task FollowHistoryAsync(CancellationToken stop)
    {
        if (HistoriesWait.IsNow(Store.Time) && await new HistoricalSync(this).RunAsync(stop) > 0) HistoriesWait.Hear();
    }

    /// <summary>Whether providers and carriers know the keys that agencies have of them: asked now.</summary>
    public Task<IReadOnlyList<JsonObject>> CheckProvidersAsync(CancellationToken stop) => new ProviderCheck(this).RunAsync(stop);

    /// <summary>Clients of all agencies are charged for what is over: again and again.</summary>
    public Task ChargeAsync(CancellationToken stop) => Charging.RunAsync(stop);

    /// <summary>Hours in which something has changed are added up for figures: again and again.</summary>
    public Task AddHoursAsync(CancellationToken stop) => FigureHours.AddAsync(stop);

    /// <summary>Numbers that agencies have ordered are ready, or not to be had: again and again.</summary>
    public Task FollowOrdersAsync(CancellationToken stop) => new LateOrders(this).RunAsync(stop);

    /// <summary>What agents have said and heard in calls that are over is written down: again and again.</summary>
    public Task EnrichAsync(CancellationToken stop) => new Enrichment(this).RunAsync(stop);

    /// <summary>The same calls are judged then, which takes as long as a model takes.</summary>
    public Task JudgeAsync(CancellationToken stop) => new Analyses(this).RunAsync(stop);
}
