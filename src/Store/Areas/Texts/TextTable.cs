using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>
/// Text messages. Each change of state names the state that it was in, so of two who change it one does; what is told and paid for it is
/// committed with it.
/// </summary>
public sealed class TextTable
{
    private const string Columns = """
        id, tenant_id, direction, state, sender, recipient, profile_id, words, encoding, parts, keyword, is_automatic, price_micros, fee_micros,
            currency, error, facts, due_at, received_at, valid_until, sent_at, completed_at, is_hidden, subject
        """;
    internal const string Insert = $"""
        insert into rw_text ({Columns})
        values (@id, @tenant, @direction, @state, @sender, @recipient, @profile, @words, @encoding, @parts, @keyword, @isAutomatic, @price, @fee,
            @currency, @error, @facts, @dueAt, @receivedAt, @validUntil, @sentAt, @completedAt, @isHidden, @subject)
        """;
    internal const string Select = $"select {Columns} from rw_text where tenant_id = @tenant and id = @id";
    // What is shown to nobody, as a code is that proves a number, says nothing any more once it has left, or never will.
    internal const string Update = """
        update rw_text set state = @state, error = @error, due_at = @dueAt, sent_at = @sentAt, completed_at = @completedAt,
            words = case when is_hidden and @hasLeft then '' else words end
        where tenant_id = @tenant and id = @id and state = @was
        """;
    internal const string Touch = "update rw_text set state = state where tenant_id = @tenant and id = @id";
    internal const string Cancel = """
        update rw_text set state = 'cancelled', due_at = null, completed_at = @at
        where tenant_id = @tenant and id = @id and state = 'scheduled' and due_at > @latest
        """;
    internal const string Hide = """
        update rw_text set is_hidden = @yes, words = '', subject = ''
        where tenant_id = @tenant and id = @id and due_at is null and not is_hidden
        """;
    private const string Moment = "coalesce(sent_at, case when direction = 'inbound' then received_at else completed_at end)";
    private const string Asked = $"""
        from rw_text where tenant_id = @tenant and not is_hidden and (direction = @direction or @direction is null)
            and (sender = @sender or @sender is null) and (recipient = @recipient or @recipient is null) and state in @states
            and (not @isDated or {Moment} >= @since and {Moment} < @before)
        """;
    internal const string SelectPage =
        $"select {Columns} {Asked} order by received_at desc, id desc limit @limit offset @offset";
    internal const string CountAsked = $"select count(*) {Asked}";
    internal const string SelectOfMoment = $"""
        select {Columns} from rw_text where tenant_id = @tenant and received_at >= @from and received_at < @before and not is_hidden
            and direction = 'outbound' order by received_at, id
        """;
    internal const string SelectDueAllTenants = $"""
        select {Columns} from rw_text where due_at is not null and due_at <= @now order by due_at, received_at, id limit @limit
        """;
    internal const string SelectNextDueAllTenants = "select min(due_at) from rw_text where due_at is not null and due_at > @now";
    // All that wait for a way out, by how their numbers begin: ways are told apart by nothing else.
    internal const string SumWaitingAllTenants = """
        select substr(recipient, 1, @length) as beginning, cast(sum(parts) as bigint) as parts from rw_text
        where due_at is not null and state = 'queued' and direction = 'outbound' group by 1
        """;
    // What is not sent yet is promised, and not in the balance.
    internal const string SumPromised = """
        select cast(coalesce(sum((price_micros + fee_micros) * parts), 0) as bigint) from rw_text
        where tenant_id = @tenant and currency = @currency and due_at is not null and state in ('scheduled', 'queued', 'sending')
        """;
    internal const string SumOfDay = """
        select cast(coalesce(sum((price_micros + fee_micros) * parts), 0) as bigint) from rw_text
        where tenant_id = @tenant and profile_id = @profile and currency = @currency and received_at >= @since and direction = 'outbound'
            and state not in ('cancelled', 'expired', 'sending_failed')
        """;
    internal const string CountWaiting = """
        select count(*) from rw_text where tenant_id = @tenant and profile_id = @profile and state in ('scheduled', 'queued', 'sending')
        """;
    internal const string CountOfPair = """
        select count(*) from rw_text where tenant_id = @tenant and sender = @sender and recipient = @recipient and received_at > @oldest
            and sent_at > @since and direction = 'outbound'
        """;

    internal const string SelectLoads = """
        select sender, cast(sum(case when received_at > @recent then 1 else 0 end) as bigint) as recent,
            cast(sum(case when completed_at is null then 0 else 1 end) as bigint) as judged,
            cast(sum(case when state = 'delivered' then 1 else 0 end) as bigint) as delivered
        from rw_text where tenant_id = @tenant and profile_id = @profile and received_at > @since and direction = 'outbound' group by sender
        """;
    internal const string SelectLastSender = """
        select sender from rw_text where tenant_id = @tenant and profile_id = @profile and recipient = @to and received_at > @since
            and direction = 'outbound' order by received_at desc, id desc limit 1
        """;
    internal const string SelectSentOf = """
        select count(*) as looked, min(received_at) as oldest,
            cast(coalesce(sum(case when state in ('scheduled', 'cancelled') then 0 else 1 end), 0) as bigint) as sent,
            cast(coalesce(sum(case when completed_at is null or state = 'cancelled' then 0 else 1 end), 0) as bigint) as judged,
            cast(coalesce(sum(case when state = 'delivered' then 1 else 0 end), 0) as bigint) as delivered
        from (select received_at, completed_at, state from rw_text where tenant_id = @tenant and sender = @number
            and direction = 'outbound' and received_at > @since order by received_at desc limit @most) newest
        """;
    internal const string SelectCome = """
        select count(*) as looked, min(received_at) as oldest from (select received_at from rw_text where tenant_id = @tenant
            and recipient = @number and direction = 'inbound' and received_at > @since order by received_at desc limit @most) newest
        """;
    // Most numbers of a page have hardly any: one question says so of all.
    internal const string SelectTraffic = """
        with asked (number) as (values @numbers)
        select number,
            (select count(*) from (select id from rw_text where tenant_id = @tenant and sender = asked.number
                and direction = 'outbound' and received_at > @since limit @most) sent) as sent,
            (select count(*) from (select id from rw_text where tenant_id = @tenant and recipient = asked.number
                and direction = 'inbound' and received_at > @since limit @most) come) as come
        from asked
        """;

    /// <summary>From when a text was taken in until it leaves: it is scheduled for five days, and waits three for a phone.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(9);

    private readonly RowWriter _writer;
    private TaskCompletionSource _changed = Bell();

    internal TextTable(RowWriter writer) => _writer = writer.Unrouted;

    /// <summary>Completes when a text has come that is due one day.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>One without files.</summary>
    public ValueTask<TextRefusal> AddAsync(TextMessage text, TextAllowance allowance, UnitOfWork? work, CancellationToken stop) =>
        AddAsync(text, [], allowance, work, stop);

    /// <param name="files">What is in its media.</param>
    /// <param name="allowance">What it must fit under.</param>
    /// <param name="work">Committed with it, unless something stands against it.</param>
    public ValueTask<TextRefusal> AddAsync(TextMessage text, IReadOnlyList<TextFile> files, TextAllowance allowance, UnitOfWork? work,
        CancellationToken stop) => AddAllAsync([(text, files)], allowance, work, stop);

    /// <summary>Texts of one account to several, each with its files: all of them, or none.</summary>
    public async ValueTask<TextRefusal> AddAllAsync(IReadOnlyList<(TextMessage Text, IReadOnlyList<TextFile> Files)> texts,
        TextAllowance allowance, UnitOfWork? work, CancellationToken stop)
    {
        var refusal = TextRefusal.None;
        var outcome = await _writer.RunAsync(texts[0].Text.Tenant, db =>
        {
            refusal = RefusalOf(db, [.. texts.Select(one => one.Text)], allowance);
            if (refusal is not TextRefusal.None) return (WriteOutcome.Missing, null);
            foreach (var (text, files) in texts)
            {
                Write(db, text);
                TextMediaTable.Write(db, text.Tenant, files, text.ReceivedAt);
            }
            return (WriteOutcome.Done, work);
        }, isDelete: false, stop).ConfigureAwait(false);
        if (refusal is not TextRefusal.None) return refusal;
        if (outcome is WriteOutcome.Duplicate) return TextRefusal.Repeated;
        if (outcome is not WriteOutcome.Done) throw new InvalidOperationException($"The text was not written: {outcome}.");
        Ring();
        return TextRefusal.None;
    }

    public ValueTask<TextMessage?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => Find(db, tenant, id), stop);

    /// <summary>Those that are shown, newest first.</summary>
    public ValueTask<(IReadOnlyList<TextMessage> Rows, long Total)> ListAsync(TenantId tenant, TextQuery query, CancellationToken stop)
    {
        var states = query.States is { Count: > 0 } asked ? asked : Enum.GetValues<TextState>();
        var which = new
        {
            tenant, direction = query.Direction is { } direction ? Names<Direction>.Of(direction) : null, sender = query.From,
            recipient = query.To, states = new InList<string>([.. states.Select(Names<TextState>.Of)]),
            isDated = query.Moment != default, since = query.Moment.From ?? DateTimeOffset.MinValue,
            before = query.Moment.Before ?? DateTimeOffset.MaxValue, limit = query.Limit, offset = query.Offset,
        };
        return _writer.Sql.ReadAsync<(IReadOnlyList<TextMessage>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, which).Select(row => row.ToText())], db.ExecuteScalar<long>(CountAsked, which)), stop);
    }

    /// <summary>Takes one out of what is shown, with what it said and its files; its row stays for what is counted.</summary>
    /// <returns>False when there is none, or it is not over.</returns>
    public async ValueTask<bool> HideAsync(TenantId tenant, Guid id, UnitOfWork? work, CancellationToken stop) =>
        await _writer.RunAsync(tenant, db =>
        {
            if (db.Execute(Hide, new { tenant, id, yes = true }) != 1) return (WriteOutcome.Missing, null);
            if (Find(db, tenant, id) is { } text) TextMediaTable.Forget(db, text);
            return (WriteOutcome.Done, work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    /// <param name="after">As it is afterwards.</param>
    /// <param name="was">The state that it leaves.</param>
    /// <returns>False when it was not in that state any more: nothing is changed then.</returns>
    public async ValueTask<bool> MoveAsync(TextMessage after, TextState was, UnitOfWork? work, CancellationToken stop)
    {
        bool isMoved = await _writer.RunAsync(after.Tenant,
            db => (Move(db, after, was) ? WriteOutcome.Done : WriteOutcome.Missing, work), isDelete: false, stop).ConfigureAwait(false)
            is WriteOutcome.Done;
        if (isMoved && after.DueAt is not null) Ring();
        return isMoved;
    }

    /// <summary>Takes back one that is to leave later than that.</summary>
    /// <returns>False when there is none that waits so long.</returns>
    public async ValueTask<bool> CancelAsync(TenantId tenant, Guid id, DateTimeOffset at, DateTimeOffset latest, UnitOfWork? work,
        CancellationToken stop) =>
        await _writer.RunAsync(tenant,
            db => (db.Execute(Cancel, new { tenant, id, at, latest }) == 1 ? WriteOutcome.Done : WriteOutcome.Missing, work),
            isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    /// <summary>
    /// From one account of the node to another, or to itself: the one text is delivered in the moment in which the other is there.
    /// </summary>
    /// <param name="sent">As it is afterwards; it was queued.</param>
    /// <param name="come">The receiver's; rules and answers come of its keyword.</param>
    /// <param name="reception">What else is written.</param>
    /// <returns>False when another has sent it: nothing is changed then.</returns>
    public async ValueTask<bool> DeliverHereAsync(TextMessage sent, TextMessage come, TextReception reception, CancellationToken stop)
    {
        bool isDone = await _writer.RunAsync(sent.Tenant, db =>
        {
            if (!Move(db, sent, TextState.Queued)) return (WriteOutcome.Missing, null);
            reception.Write(db, come);
            TextMediaTable.Hand(db, sent, come);
            return (WriteOutcome.Done, reception.Work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) Ring();
        return isDone;
    }

    /// <summary>From somebody of this node who has no row of it.</summary>
    /// <param name="come">The receiver's.</param>
    /// <param name="reception">What else is written.</param>
    /// <returns><see cref="WriteOutcome.Duplicate"/> when it is there: nothing is changed then.</returns>
    public async ValueTask<WriteOutcome> ReceiveAsync(TextMessage come, TextReception reception, CancellationToken stop)
    {
        var outcome = await _writer.RunAsync(come.Tenant, db =>
        {
            reception.Write(db, come);
            return (WriteOutcome.Done, reception.Work);
        }, isDelete: false, stop).ConfigureAwait(false);
        if (outcome is WriteOutcome.Done) Ring();
        return outcome;
    }

    /// <summary>To somebody who is no account's, and who may answer.</summary>
    /// <param name="sent">As it is afterwards; it was queued.</param>
    /// <param name="answer">A row that is due later; null for none.</param>
    /// <returns>False when another has sent it: nothing is changed then.</returns>
    public async ValueTask<bool> DeliverAwayAsync(TextMessage sent, TextMessage? answer, UnitOfWork work, CancellationToken stop)
    {
        bool isDone = await _writer.RunAsync(sent.Tenant, db =>
        {
            if (!Move(db, sent, TextState.Queued)) return (WriteOutcome.Missing, null);
            if (answer is not null) Write(db, answer);
            return (WriteOutcome.Done, work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) Ring();
        return isDone;
    }

    /// <summary>What the account sent in a moment, in its order.</summary>
    /// <param name="before">The first moment that is too late.</param>
    public ValueTask<IReadOnlyList<TextMessage>> ListOfMomentAsync(TenantId tenant, DateTimeOffset from, DateTimeOffset before,
        CancellationToken stop) => _writer.Sql.ReadAsync<IReadOnlyList<TextMessage>>(
            db => [.. db.Query<Row>(SelectOfMoment, new { tenant, from, before }).Select(row => row.ToText())], stop);

    /// <summary>Those of all accounts that are due, the longest due first.</summary>
    public ValueTask<IReadOnlyList<TextMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextMessage>>(
            db => [.. db.Query<Row>(SelectDueAllTenants, new { now, limit }).Select(row => row.ToText())], stop);

    /// <summary>Null when none is to come.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken stop) => _writer.Sql.ReadAsync(db =>
    {
        object? due = db.ExecuteScalar<object?>(SelectNextDueAllTenants, new { now });
        return due is null or DBNull ? (DateTimeOffset?)null : Times.Read(due);
    }, stop);

    /// <summary>Parts of all accounts that have not left yet, by so many first characters of whom they are to.</summary>
    public ValueTask<IReadOnlyList<TextsWaiting>> WaitingAsync(int length, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextsWaiting>>(
            db => [.. db.Query<TextsWaiting>(SumWaitingAllTenants, new { length })], stop);

    /// <summary>Texts of the profile that have not left yet.</summary>
    public ValueTask<long> CountWaitingAsync(TenantId tenant, Guid profile, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountWaiting, new { tenant, profile }), stop);

    /// <summary>What the texts of a profile that were taken in since then cost, or will, in millionths of the currency.</summary>
    public ValueTask<long> SpentAsync(TenantId tenant, Guid profile, string currency, DateTimeOffset since, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.ExecuteScalar<long>(SumOfDay, new { tenant, profile, currency, since }), stop);

    /// <summary>How many have left from one number to another since then; what waits and what was refused does not count.</summary>
    public ValueTask<long> CountOfPairAsync(TextMessage text, DateTimeOffset since, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountOfPair,
            new { tenant = text.Tenant, sender = text.From, recipient = text.To, since, oldest = since - LongestWait }), stop);

    /// <summary>What the numbers of a profile have sent.</summary>
    public ValueTask<IReadOnlyList<TextLoad>> LoadsAsync(TenantId tenant, Guid profile, DateTimeOffset recent, DateTimeOffset since,
        CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextLoad>>(
            db => [.. db.Query<TextLoad>(SelectLoads, new { tenant, profile, recent, since })], stop);

    /// <summary>The number that last wrote to this one, of a profile; null when none did since then.</summary>
    public ValueTask<string?> LastSenderAsync(TenantId tenant, Guid profile, string to, DateTimeOffset since, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.QueryFirstOrDefault<string>(SelectLastSender, new { tenant, profile, to, since }), stop);

    /// <summary>How each of the numbers has done since then, in their order.</summary>
    public ValueTask<IReadOnlyList<TextHealth>> HealthAsync(TenantId tenant, IReadOnlyList<string> numbers, DateTimeOffset since,
        CancellationToken stop) =>
        numbers.Count == 0 ? ValueTask.FromResult<IReadOnlyList<TextHealth>>([]) : _writer.Sql.ReadAsync<IReadOnlyList<TextHealth>>(db =>
        {
            var rows = new ValueRows([.. numbers.Distinct(StringComparer.Ordinal)]);
            var traffic = db.Query<Traffic>(SelectTraffic, new { tenant, numbers = rows, since, most = TextHealth.Most })
                .ToDictionary(one => one.Number, StringComparer.Ordinal);
            return [.. numbers.Select(number => HealthOf(db, tenant, traffic[number], since))];
        }, stop);

    /// <summary>No more than the newest are looked at, however many there are.</summary>
    private static TextHealth HealthOf(IDbConnection db, TenantId tenant, Traffic traffic, DateTimeOffset since)
    {
        var (number, received) = (traffic.Number, traffic.Come);
        if (traffic.Sent == 0) return new() { Received = received };
        if (received == TextHealth.Most && db.QueryFirst<SentOf>(SelectCome, Which()).Oldest is { } come) since = come;
        var of = db.QueryFirst<SentOf>(SelectSentOf, Which());
        if (of.Looked == TextHealth.Most && of.Oldest is { } sent)
        {
            since = sent;
            received = db.QueryFirst<SentOf>(SelectCome, Which()).Looked;
        }
        return new() { Sent = of.Sent, Judged = of.Judged, Delivered = of.Delivered, Received = received };

        object Which() => new { tenant, number, since, most = TextHealth.Most };
    }

    internal static void Write(IDbConnection db, TextMessage text) => db.Execute(Insert, new
    {
        id = text.Id, tenant = text.Tenant, direction = Names<Direction>.Of(text.Direction), state = Names<TextState>.Of(text.State),
        sender = text.From, recipient = text.To, profile = text.Profile, words = text.Words,
        encoding = Names<TextEncoding>.Of(text.Encoding), parts = text.Parts, keyword = Names<TextKeyword>.Of(text.Keyword),
        isAutomatic = text.IsAutomatic, price = text.Price?.Micros, fee = text.Price is null ? (long?)null : text.FeeMicros,
        currency = text.Price?.Currency, error = NameOf(text.Fault), facts = text.Facts, dueAt = text.DueAt, receivedAt = text.ReceivedAt,
        validUntil = text.ValidUntil, sentAt = text.SentAt, completedAt = text.CompletedAt, isHidden = text.IsHidden,
        subject = text.Subject,
    });

    internal static TextMessage? Find(IDbConnection db, TenantId tenant, Guid id) =>
        db.QueryFirstOrDefault<Row>(Select, new { tenant, id })?.ToText();

    /// <summary>Nobody else changes it until what is under way is committed.</summary>
    internal static void Hold(IDbConnection db, TenantId tenant, Guid id) => db.Execute(Touch, new { tenant, id });

    internal static bool Move(IDbConnection db, TextMessage after, TextState was) => db.Execute(Update, new
    {
        tenant = after.Tenant, id = after.Id, state = Names<TextState>.Of(after.State), was = Names<TextState>.Of(was),
        error = NameOf(after.Fault), dueAt = after.DueAt, sentAt = after.SentAt, completedAt = after.CompletedAt,
        hasLeft = after.SentAt is not null || after.CompletedAt is not null,
    }) == 1;

    private static TextRefusal RefusalOf(IDbConnection db, IReadOnlyList<TextMessage> texts, TextAllowance allowance)
    {
        if (texts.Any(text => TextBlockTable.Has(db, text.Tenant, text.Profile, text.To))) return TextRefusal.Blocked;
        if (texts is [var only]) return MoneyRefusalOf(db, only, allowance);
        // They have one deck, and so one currency: what all of them cost is asked for at once.
        var priced = texts.Where(text => text.Cost is not null).ToList();
        return priced.Count == 0 ? TextRefusal.None : MoneyRefusalOf(db, priced[0] with
        {
            Price = priced[0].Cost!.Value with { Micros = priced.Sum(text => text.Cost!.Value.Micros) },
            FeeMicros = 0,
            Parts = 1,
        }, allowance);
    }

    /// <summary>Asked in the transaction, in which nobody else spends: two texts do not get the same money.</summary>
    internal static TextRefusal MoneyRefusalOf(IDbConnection db, TextMessage text, TextAllowance allowance)
    {
        var tenant = text.Tenant;
        if (text.Cost is not { Micros: > 0 } cost) return TextRefusal.None;
        foreach (var credit in allowance.Credits ?? [])
        {
            long left = credit.Debtors.Sum(one => MoneyTable.BalanceOf(db, one, cost.Currency)
                - db.ExecuteScalar<long>(SumPromised, new { tenant = one, currency = cost.Currency }));
            if (left + credit.LimitMicros < cost.Micros) return TextRefusal.NoMoney;
        }
        if (allowance.DayMicros is { } most && most < cost.Micros + db.ExecuteScalar<long>(SumOfDay,
                new { tenant, profile = text.Profile, currency = cost.Currency, since = allowance.Day })) return TextRefusal.DailyLimit;
        return TextRefusal.None;
    }

    private static string? NameOf(TextFault? fault) => fault is { } known ? Names<TextFault>.Of(known) : null;

    /// <summary>A text has been written that is due one day.</summary>
    internal void Ring() => Interlocked.Exchange(ref _changed, Bell()).SetResult();

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Traffic
    {
        public string Number { get; init; } = "";
        public long Sent { get; init; }
        public long Come { get; init; }
    }

    private sealed record SentOf
    {
        public long Looked { get; init; }
        public DateTimeOffset? Oldest { get; init; }
        public long Sent { get; init; }
        public long Judged { get; init; }
        public long Delivered { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string Direction { get; init; } = "";
        public string State { get; init; } = "";
        public string Sender { get; init; } = "";
        public string Recipient { get; init; } = "";
        public Guid ProfileId { get; init; }
        public string Words { get; init; } = "";
        public string Encoding { get; init; } = "";
        public int Parts { get; init; }
        public string Keyword { get; init; } = "";
        public bool IsAutomatic { get; init; }
        public long? PriceMicros { get; init; }
        public long? FeeMicros { get; init; }
        public string? Currency { get; init; }
        public string? Error { get; init; }
        public JsonObject Facts { get; init; } = [];
        public DateTimeOffset? DueAt { get; init; }
        public DateTimeOffset ReceivedAt { get; init; }
        public DateTimeOffset? ValidUntil { get; init; }
        public DateTimeOffset? SentAt { get; init; }
        public DateTimeOffset? CompletedAt { get; init; }
        public bool IsHidden { get; init; }
        public string Subject { get; init; } = "";

        public TextMessage ToText() => new()
        {
            Id = Id, Tenant = TenantId, Direction = Names<Direction>.Parse(Direction), State = Names<TextState>.Parse(State),
            From = Sender, To = Recipient, Profile = ProfileId, Words = Words, Encoding = Names<TextEncoding>.Parse(Encoding),
            Parts = Parts, Keyword = Names<TextKeyword>.Parse(Keyword), IsAutomatic = IsAutomatic,
            Price = PriceMicros is { } micros && Currency is { } currency ? new Money(micros, currency) : null, FeeMicros = FeeMicros ?? 0,
            Fault = Error is { } fault ? Names<TextFault>.Parse(fault) : null, Facts = Facts, DueAt = DueAt, ReceivedAt = ReceivedAt,
            ValidUntil = ValidUntil, SentAt = SentAt, CompletedAt = CompletedAt, IsHidden = IsHidden,
            Subject = Subject,
        };
    }
}

/// <summary>What waits to numbers that begin so.</summary>
public sealed record TextsWaiting
{
    public string Beginning { get; init; } = "";
    public long Parts { get; init; }
}

/// <summary>What a number has sent: of late, and of what is over how much arrived.</summary>
public sealed record TextLoad
{
    public string Sender { get; init; } = "";
    public long Recent { get; init; }
    public long Judged { get; init; }
    public long Delivered { get; init; }
}
