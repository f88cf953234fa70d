using System.Data.Common;
using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Blobs;
using Ringwright.Store.Documents;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Migrations;
using Ringwright.Store.Postgres;
using Ringwright.Store.Recordings;
using Ringwright.Store.Reports;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Sqlite;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Store;

/// <summary>An open data folder: lock held, schema up to date, tables ready. One per process.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly DataLock _lock;
    private IAsyncDisposable? _watch;
    private int _isClosed;

    private Database(DataLock held, DatabaseOptions options, StoreAreas areas, Sql sql, RowChanges changes, SecretBox box,
        NodeIdentity node, TimeProvider time, ILogger logger)
    {
        _lock = held;
        Areas = areas;
        Sql = sql;
        Node = node;
        Time = time;
        Routing = new(sql, changes, box, options.EchoNumber, options.AgentLines);
        Stream = new(sql, node.Node, time);
        Outbox = new(sql, Stream, new(sql, node.Node, options.Lease, time), time);
        Jobs = new(sql, time);
        Money = new(sql, Routing, time);
        States = new(sql);
        var writer = new RowWriter(sql, Routing, Outbox, Jobs, Money, States);
        Connections = new(writer, box, options.Dialects);
        OutboundProfiles = new(writer, box, options.Dialects);
        var profile = new DefaultProfile(OutboundProfiles.Records);
        Tenants = new(sql, Routing, box, profile, time);
        ChildTenants = new(sql, Routing, box, profile, Connections, options.AccountsBelow, time);
        AccessNetworks = new(sql, Routing, box, writer);
        ApiKeys = new(sql, time);
        OperatorKeys = new(sql, time);
        SigningKeys = new(sql, box);
        AuthTokens = new(sql, box, time);
        ConnectionAddresses = new(writer, box);
        ConnectionHosts = new(writer, box);
        ConnectionBuckets = new(sql, box, time);
        SharedAddresses = new(sql, Routing, time);
        SipCredentials = new(writer, box, options.Dialects);
        StockClaims = new(writer, Routing, time);
        NodePolicies = new(sql, time);
        Numbers = new(writer, Routing, box, options.Dialects, StockClaims.TakeBack);
        VerifiedNumbers = new(sql, Routing, time);
        WaitingMessages = new(sql, Routing, time);
        MailboxSettings = new(sql, Routing, box, time);
        Verifications = new(sql, Routing, box, time);
        Tags = new(sql);
        Trunks = new(sql, Routing, box, time);
        Routes = new(sql, Routing, time);
        Legs = new(sql, time);
        CallFacts = new(sql);
        Conferences = new(sql);
        PromisedConferences = new(sql, time);
        Queues = new(sql);
        LiveConferences = new(sql);
        LiveQueues = new(sql);
        LiveCalls = new(sql);
        LivePhones = new(sql, time);
        Subjects = options.Subjects;
        Events = new(sql, Subjects);
        CallRecords = new(sql);
        Deliveries = new(sql);
        Warnings = new(sql);
        Traces = new(sql, time);
        Registrations = new(sql, node.Node, time, logger);
        CallEvents = new(sql);
        Blobs = options.Blobs ?? new DiskBlobs(options.DataFolder);
        Messages = new(sql, time);
        Recordings = new(sql);
        Media = new(sql, Blobs, Messages, Recordings, time);
        RecordingLog = new(sql);
        RecordingTranscriptions = new(sql, Jobs);
        RecordingRemovals = new(RecordingLog, RecordingTranscriptions, Blobs);
        Mailboxes = new(MailboxSettings, Messages, WaitingMessages, Blobs, Routing);
        Documents = new(sql, box, writer);
        Audit = new(sql);
        RecoveryByes = new(sql);
        DialClaims = new(sql);
        ForwardedCommands = new(sql, box, node.Node);
        DoNotCall = new(sql, new(box), time, logger);
        Consents = new(sql);
        Registries = new(sql);
        CampaignDesk = new(Outbox, Documents);
        Campaigns = new(sql, CampaignDesk);
        Targets = new(sql, CampaignDesk);
        TargetRefusals = new(sql, CampaignDesk);
        DialAttempts = new(sql, Campaigns, CampaignDesk);
        CampaignFaces = new(writer, box, CampaignDesk);
        FlowRuns = new(writer, node.Node);
        Texts = new(writer);
        TextBlocks = new(sql);
        ShortCodes = new(sql, time);
        TextPolicies = new(sql, time);
        TextContents = new(sql, time);
        TextMedia = new(sql);
        SentCodes = new(sql, box, time);
        TextCarriers = new(sql, box, time);
        TextParts = new(writer, node.Node);
        TextReceipts = new(sql);
        TextArrivals = new(writer, Texts.Ring);
        Snapshots = new(sql, box, Routing, DoNotCall, profile, areas, Blobs, options.DataFolder, time);
        OAuthKeys = new(sql, box);
        OAuthClients = new(sql, box, writer);
        OAuthGrants = new(sql, time);
        OAuthTokens = new(sql, time);
        RateDecks = new(sql, Routing, time);
        MoneyAccounts = new(sql, Routing, time);
        PaymentRequests = new(sql, Money, time);
        Records = new(sql);
        Bundles = new(sql, time);
        UserBundles = new(sql, Routing, Money, time);
        Stock = new(sql);
        StockSearch = new(sql);
        NumberMonths = new(sql, Money, time);
        HostedDocuments = new(sql);
    }

    public NodeIdentity Node { get; }
    public Routing Routing { get; }
    public TenantTable Tenants { get; }
    public ChildTenantTable ChildTenants { get; }
    public AccessNetworkTable AccessNetworks { get; }
    public ApiKeyTable ApiKeys { get; }
    public OperatorKeyTable OperatorKeys { get; }
    public SigningKeyTable SigningKeys { get; }
    public AuthTokenTable AuthTokens { get; }
    public ConnectionTable Connections { get; }
    public ConnectionAddressTable ConnectionAddresses { get; }
    public ConnectionHostTable ConnectionHosts { get; }
    public ConnectionBucketTable ConnectionBuckets { get; }
    public SharedAddressTable SharedAddresses { get; }
    public SipCredentialTable SipCredentials { get; }
    public OutboundProfileTable OutboundProfiles { get; }
    public NumberTable Numbers { get; }
    public VerifiedNumberTable VerifiedNumbers { get; }
    public WaitingMessageTable WaitingMessages { get; }
    public VerificationTable Verifications { get; }
    public MailboxTable MailboxSettings { get; }
    public TagTable Tags { get; }
    public TrunkTable Trunks { get; }
    public RouteTable Routes { get; }
    public LegTable Legs { get; }
    public CallFactTable CallFacts { get; }
    public ConferenceTable Conferences { get; }
    public PromisedConferenceTable PromisedConferences { get; }
    public QueueTable Queues { get; }
    public LiveConferenceTable LiveConferences { get; }
    public LiveQueueTable LiveQueues { get; }
    public LiveCallTable LiveCalls { get; }
    public LivePhoneTable LivePhones { get; }
    internal SubjectWriters Subjects { get; }
    public LedgerTable Events { get; }
    public CallRecordTable CallRecords { get; }
    public OutboxTable Outbox { get; }
    public StreamTable Stream { get; }
    public DeliveryTable Deliveries { get; }
    public WarningTable Warnings { get; }
    public TraceTable Traces { get; }
    public RegistrationTable Registrations { get; }
    public CallEventTable CallEvents { get; }
    /// <summary>The files beside the rows: media, recordings, what jobs made.</summary>
    public IBlobs Blobs { get; }
    public MediaTable Media { get; }
    public RecordingTable Recordings { get; }
    public RecordingLogTable RecordingLog { get; }
    public RecordingTranscriptionTable RecordingTranscriptions { get; }
    public RecordingRemovals RecordingRemovals { get; }
    public MessageTable Messages { get; }
    public Mailboxes Mailboxes { get; }
    public DocumentTable Documents { get; }
    public AuditTable Audit { get; }
    public SnapshotStore Snapshots { get; }
    public DoNotCallTable DoNotCall { get; }
    public ConsentTable Consents { get; }
    public RegistryTable Registries { get; }
    public CampaignTable Campaigns { get; }
    public CampaignFaces CampaignFaces { get; }
    internal CampaignDesk CampaignDesk { get; }
    public TargetTable Targets { get; }
    public TargetRefusals TargetRefusals { get; }
    public DialAttemptTable DialAttempts { get; }
    public FlowRunTable FlowRuns { get; }
    public TextTable Texts { get; }
    public TextBlockTable TextBlocks { get; }
    public ShortCodeTable ShortCodes { get; }
    public TextPolicyTable TextPolicies { get; }
    public TextContentTable TextContents { get; }
    public TextMediaTable TextMedia { get; }
    public SentCodeTable SentCodes { get; }
    public TextCarrierTable TextCarriers { get; }
    public TextPartTable TextParts { get; }
    public TextReceiptTable TextReceipts { get; }
    public TextArrivalTable TextArrivals { get; }
    public JobTable Jobs { get; }
    public StateTable States { get; }
    public OAuthKeyTable OAuthKeys { get; }
    public OAuthClientTable OAuthClients { get; }
    public OAuthGrantTable OAuthGrants { get; }
    public OAuthTokenTable OAuthTokens { get; }
    public RateDeckTable RateDecks { get; }
    public MoneyTable Money { get; }
    public MoneyAccountTable MoneyAccounts { get; }
    public PaymentRequestTable PaymentRequests { get; }
    public RecordTables Records { get; }
    public BundleTable Bundles { get; }
    public UserBundleTable UserBundles { get; }
    public StockTable Stock { get; }
    public StockSearch StockSearch { get; }
    public StockClaims StockClaims { get; }
    public NodePolicyTable NodePolicies { get; }
    public NumberMonthTable NumberMonths { get; }
    public HostedDocumentTable HostedDocuments { get; }

    /// <summary>The clock that rows are stamped by.</summary>
    public TimeProvider Time { get; }

    /// <summary>How much it was asked and has answered, when no question and no write is open; null else.</summary>
    public long? AnsweredAtRest => Sql.AnsweredAtRest;

    /// <summary>Where the tables of modules read and write; see <see cref="DatabaseOptions.Areas"/>.</summary>
    public Sql Sql { get; }

    /// <summary>Why nothing can be written at the moment, in the driver's words; null when something can.</summary>
    public string? Away => Sql.Away;

    public bool IsAvailable => Sql.Away is null;

    /// <summary>It says nothing at all (ADR 63).</summary>
    public bool IsSilent => Sql.IsSilent;

    /// <summary>Another process runs this node now, and this one writes nothing any more (ADR 148).</summary>
    public bool IsReplaced => Sql.IsReplaced;

    /// <summary>
    /// The node stops: from now on nobody waits for a database that says nothing, and <see cref="DisposeAsync"/> leaves what hangs behind.
    /// </summary>
    public void BeginStop() => Sql.BeginStop();

    /// <summary>
    /// Bytes that are in use: of the database, where this machine's disk has it, and of recordings.
    /// Room in the file that is free for new rows is not counted.
    /// </summary>
    public ValueTask<long> MeasureAsync(CancellationToken stop) =>
        Sql.ReadAsync(db => db.ExecuteScalar<long>(Sql.Engine.MeasureSize) + db.ExecuteScalar<long>(RecordingTable.SelectBytesAllTenants),
            stop);

    /// <summary>
    /// From now on calls wait for it: it counts as silent after <see cref="DatabaseOptions.Grace"/>, also where it was opened with
    /// <see cref="DatabaseOptions.IsPatient"/>.
    /// </summary>
    public void BeginService() => Sql.IsPatient = false;

    internal StoreAreas Areas { get; }
    /// <summary>What it holds, asked for at each scrape for as long as it is open.</summary>
    internal Meter Gauges { get; } = Metrics.Own();
    internal RecoveryByeTable RecoveryByes { get; }
    internal DialClaimTable DialClaims { get; }
    internal ForwardedCommandTable ForwardedCommands { get; }

    /// <summary>Takes the lock, opens or makes the database, migrates it, raises the node's epoch and loads the routing.</summary>
    /// <exception cref="StoreException">With one sentence for the operator.</exception>
    public static Task<Database> OpenAsync(DatabaseOptions options, TimeProvider time, ILogger logger, CancellationToken stop) =>
        OpenAsync(options, Migration.Embedded(), time, logger, stop);

    internal static Task<Database> OpenAsync(DatabaseOptions options, IReadOnlyList<Migration> history, TimeProvider time, ILogger logger,
        CancellationToken stop) =>
        OpenAsync(options, EngineOf(options), history, time, logger, stop);

    internal static async Task<Database> OpenAsync(DatabaseOptions options, IEngine engine, IReadOnlyList<Migration> history,
        TimeProvider time, ILogger logger, CancellationToken stop)
    {
        DapperTypes.Register();
        var areas = StoreAreas.Join(options.Areas);
        MakeFolder(options.DataFolder);
        var held = DataLock.Acquire(options.DataFolder);
        IWriteSession? writer = null;
        Sql? sql = null;
        try
        {
            (writer, int applied) = Open(engine, history, areas, options.Baseline, time);
            var box = SecretBox.Open(options.DataFolder, mayCreate: writer.Connection.ExecuteScalar<long>(NodeTable.Count) == 0);
            var node = NodeTable.Open(writer.Connection, box, options.Node, time.GetUtcNow());
            logger.DatabaseOpen(engine.Place, engine.Library, history[^1].Version, applied, node.Epoch);

            var changes = new RowChanges();
            writer.Watch(areas.Watched, changes);
            sql = new(engine, writer, options.Readers, options.Grace, options.IsPatient, logger);
            var database = new Database(held, options, areas, sql, changes, box, node, time, logger);
            await database.MeetDialectsAsync(stop).ConfigureAwait(false);
            await database.Routing.ReloadAsync(stop).ConfigureAwait(false);
            await database.Stream.ReloadAsync(stop).ConfigureAwait(false);
            // A change that was committed while nobody answered may not have been read.
            database.Sql.Back = () =>
            {
                changes.AddEnded(ChangedRow.All);
                _ = database.ReloadAsync(logger);
            };
            database._watch = engine.Watch(changes, () => database.ReloadAsync(logger));
            return database;
        }
        catch (Exception failed)
        {
            // Its writer may be using the connection at this moment.
            if (sql is not null) await sql.DisposeAsync().ConfigureAwait(false);
            else writer?.Dispose();
            held.Dispose();
            if (failed is DbException) throw new StoreException($"The database {engine.Place} cannot be used: {failed.Message}", failed);
            throw;
        }
    }

    /// <summary>A write that changes nothing, to see whether the database takes one.</summary>
    public async ValueTask TouchAsync(CancellationToken stop) =>
        await Sql.WriteAsync(db => db.Execute(NodeTable.Touch, new { node = Node.Node }), stop).ConfigureAwait(false);

    /// <summary>The SQLite library in use, for <c>doctor</c>.</summary>
    public static string DescribeLibrary() => SqliteLibrary.Describe();

    /// <summary>True for the address of a database on a server, as <see cref="DatabaseOptions.Connection"/> takes it.</summary>
    public static bool IsServer(string connection) => PostgresAddress.IsOne(connection) && PostgresAddress.Read(connection) is not null;

    /// <summary>Connects to a database on a server and changes nothing, for <c>doctor</c>.</summary>
    /// <returns>Where it is and what answers there.</returns>
    /// <exception cref="StoreException">
    /// Nothing answers, or it wants other credentials, it is a pooler that lends no connection for longer than a transaction, or the
    /// database cannot keep all texts.
    /// </exception>
    public static Task<string> ProbeAsync(string connection, CancellationToken stop) => Task.Run(() =>
    {
        var engine = EngineOf(new() { DataFolder = "", Connection = connection });
        try
        {
            if (engine is PostgresEngine server) Pooler.Refuse(server);
            using var reader = engine.OpenReader();
            if (engine is PostgresEngine letters) DatabaseEncoding.Refuse(letters, reader);
            return $"{engine.Place} answers: {engine.Library}";
        }
        catch (DbException broken)
        {
            throw new StoreException($"The database {engine.Place} cannot be opened: {broken.Message}", broken);
        }
    }, stop);

    /// <summary>Commits what is queued, closes the database and frees the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        Gauges.Dispose();
        // Each may wait a moment for a server that says nothing.
        await Task.WhenAll(_watch?.DisposeAsync().AsTask() ?? Task.CompletedTask, DoNotCall.DisposeAsync().AsTask()).ConfigureAwait(false);
        // What was left behind may still write: then the folder is free when the process ends.
        if (await Sql.CloseAsync().ConfigureAwait(false)) _lock.Dispose();
    }

    /// <summary>Documents of dialects that this database has not met yet: all of them or, after a kill, none.</summary>
    private async ValueTask MeetDialectsAsync(CancellationToken stop)
    {
        bool lacks = await Sql.ReadAsync(db =>
            OutboundProfiles.Records.LacksFaces(db) || Connections.Records.LacksFaces(db) || Numbers.Records.LacksFaces(db)
            || SipCredentials.Records.LacksFaces(db), stop).ConfigureAwait(false);
        if (!lacks) return;
        await Sql.WriteAsync(db =>
        {
            OutboundProfiles.Records.WriteFaces(db);
            Connections.Records.WriteFaces(db);
            Numbers.Records.WriteFaces(db);
            SipCredentials.Records.WriteFaces(db);
            return true;
        }, stop, isLong: true).ConfigureAwait(false);
    }

    private async Task ReloadAsync(ILogger logger)
    {
        try
        {
            await Routing.ReloadAsync(CancellationToken.None).ConfigureAwait(false);
            await Stream.ReloadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            logger.ChangeNotRead(failed);
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data folder {folder} cannot be made: {failed.Message}", failed);
        }
    }

    internal static IEngine EngineOf(DatabaseOptions options)
    {
        const string Scheme = "sqlite:";
        if (PostgresAddress.IsOne(options.Connection))
        {
            var address = PostgresAddress.Read(options.Connection)
                ?? throw new StoreException(
                    "The database is not of the form postgres://USER:PASSWORD@HOST:PORT/NAME or postgres:Host=HOST;Database=NAME.");
            return new PostgresEngine(address, options.Durability, options.Node);
        }
        if (!options.Connection.StartsWith(Scheme, StringComparison.Ordinal) || options.Connection.Length == Scheme.Length)
            throw new StoreException(
                $"The database '{options.Connection}' is neither of the form sqlite:PATH nor postgres://USER:PASSWORD@HOST:PORT/NAME.");
        return new SqliteEngine(Path.GetFullPath(options.Connection[Scheme.Length..], Path.GetFullPath(options.DataFolder)),
            options.Durability);
    }

    private static (IWriteSession Writer, int Applied) Open(IEngine engine, IReadOnlyList<Migration> history,
        StoreAreas areas, Func<string>? baseline, TimeProvider time)
    {
        IWriteSession? writer = null;
        try
        {
            writer = engine.OpenWriter();
            return (writer, Migrator.Run(engine, writer.Connection, history, areas, time, baseline));
        }
        catch (Exception failed)
        {
            writer?.Dispose();
            if (failed is DbException broken)
                throw new StoreException($"The database {engine.Place} cannot be opened: {broken.Message}", broken);
            throw;
        }
    }
}
