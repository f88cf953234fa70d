using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>A message as a centre brought it.</summary>
/// <param name="Bind">The bind on which it came.</param>
/// <param name="Number">The how manieth on it.</param>
/// <param name="Confirmed">Up to this one the centre has heard that they are here: it has sent something after the answer.</param>
/// <param name="Body">All of its octets: a repeat has the same.</param>
public sealed record TextArrival(Guid Carrier, Guid Bind, int Number, int Confirmed, ReadOnlyMemory<byte> Body, DateTimeOffset At)
{
    internal string Digest => Convert.ToHexStringLower(SHA256.HashData(Body.Span));
}

/// <summary>A part of a text that has not all come yet.</summary>
/// <param name="Coding">The data coding of SMPP, in which its octets are, and in the octets above it the languages of its header.</param>
public sealed record TextFragment(TenantId Tenant, Guid Carrier, string From, string To, int Reference, int Total, int Number, int Coding,
    byte[] Octets, DateTimeOffset At);

/// <summary>
/// What centres bring, written before they are told that it is here. A centre brings a message once more when the bind broke before it had
/// its answer: what is equal to one of the last of an earlier bind, of which the centre said nothing after the answer, is that one, for a
/// while. All other equal texts are two texts.
/// </summary>
public sealed class TextArrivalTable
{
    /// <summary>Of the end of a bind: what a centre may have had on the wire.</summary>
    private const int Last = 10;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10), RememberedById = TimeSpan.FromDays(7);

    internal const string Insert = """
        insert into rw_text_arrival (carrier_id, bind, number, digest, received_at) values (@carrier, @bind, @number, @digest, @at)
        """;
    internal const string InsertOnce = $"""
        {Insert} on conflict (carrier_id, bind, number) do nothing
        """;
    internal const string SelectEarlier = """
        select bind, number from rw_text_arrival a where carrier_id = @carrier and digest = @digest and bind <> @bind and received_at > @since
            and number > (select max(number) - @last from rw_text_arrival where carrier_id = a.carrier_id and bind = a.bind)
        order by received_at limit 1
        """;
    internal const string Forgive = """
        update rw_text_arrival set digest = '' where carrier_id = @carrier and bind = @bind and number = @number
        """;
    internal const string Confirm = """
        update rw_text_arrival set digest = '' where carrier_id = @carrier and bind = @bind and number <= @number
            and number > @number - @last and digest <> ''
        """;
    internal const string DeleteOld = "delete from rw_text_arrival where carrier_id = @carrier and received_at < @before";
    internal const string InsertFragment = """
        insert into rw_text_fragment (tenant_id, carrier_id, sender, recipient, reference, total, number, coding, octets, received_at)
        values (@Tenant, @Carrier, @From, @To, @Reference, @Total, @Number, @Coding, @octets, @At)
        on conflict (tenant_id, carrier_id, sender, recipient, reference, total, number) do nothing
        """;
    private const string OfText = """
        where tenant_id = @tenant and carrier_id = @carrier and sender = @from and recipient = @to and reference = @reference and total = @total
        """;
    private const string Columns = "tenant_id, carrier_id, sender, recipient, reference, total, number, coding, octets, received_at";
    internal const string SelectFragments = $"select {Columns} from rw_text_fragment {OfText} order by number";
    internal const string DeleteFragments = $"delete from rw_text_fragment {OfText}";
    internal const string SelectOldAllTenants =
        $"select {Columns} from rw_text_fragment where carrier_id = @carrier and received_at < @before order by received_at limit 100";

    private readonly RowWriter _writer;
    private readonly Action _answered;

    /// <param name="answered">Called when the node's answer to a text is a row that is due.</param>
    internal TextArrivalTable(RowWriter writer, Action answered) => (_writer, _answered) = (writer.Unrouted, answered);

    /// <summary>A whole text of an account.</summary>
    /// <param name="come">The account's row.</param>
    /// <param name="reception">What else is written.</param>
    /// <returns>False for a repeat: nothing is written then.</returns>
    public async ValueTask<bool> AddAsync(TextArrival arrival, TextMessage come, TextReception reception, CancellationToken stop)
    {
        bool isDone = await _writer.RunAsync(come.Tenant, db =>
        {
            if (!IsNew(db, arrival)) return (WriteOutcome.Missing, null);
            reception.Write(db, come);
            return (WriteOutcome.Done, reception.Work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) _answered();
        return isDone;
    }

    /// <summary>A whole text of an account, from a carrier that gives each text an id of its own.</summary>
    /// <returns>False when this id came within a week: nothing is written then.</returns>
    public async ValueTask<bool> AddOnceAsync(Guid carrier, string id, DateTimeOffset at, TextMessage come, TextReception reception,
        CancellationToken stop)
    {
        // An id of any length, in the place where others have their bind.
        var bind = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
        bool isDone = await _writer.RunAsync(come.Tenant, db =>
        {
            db.Execute(DeleteOld, new { carrier, before = at - RememberedById });
            if (db.Execute(InsertOnce, new { carrier, bind, number = 0, digest = "", at }) == 0) return (WriteOutcome.Missing, null);
            reception.Write(db, come);
            return (WriteOutcome.Done, reception.Work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) _answered();
        return isDone;
    }

    /// <summary>A part of a text; the text is made when all of them are here.</summary>
    /// <param name="join">What becomes of all parts together.</param>
    /// <returns>False for a repeat, or when more parts are to come.</returns>
    public async ValueTask<bool> AddAsync(TextArrival arrival, TextFragment fragment,
        Func<IReadOnlyList<TextFragment>, (TextMessage Come, TextReception Reception)> join, CancellationToken stop)
    {
        bool isWhole = false;
        await _writer.RunAsync(fragment.Tenant, db =>
        {
            isWhole = false;
            if (!IsNew(db, arrival)) return (WriteOutcome.Missing, null);
            db.Execute(InsertFragment, new
            {
                fragment.Tenant, fragment.Carrier, fragment.From, fragment.To, fragment.Reference, fragment.Total, fragment.Number,
                fragment.Coding, octets = Convert.ToHexString(fragment.Octets), fragment.At,
            });
            var all = FragmentsOf(db, fragment);
            if (all.Count < fragment.Total) return (WriteOutcome.Done, null);
            isWhole = true;
            return (WriteOutcome.Done, Join(db, fragment, join(all)));
        }, isDelete: false, stop).ConfigureAwait(false);
        if (isWhole) _answered();
        return isWhole;
    }

    /// <summary>One part of each text that has waited for the others since before then; at most a hundred.</summary>
    public ValueTask<IReadOnlyList<TextFragment>> WaitingAsync(Guid carrier, DateTimeOffset before, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextFragment>>(db =>
        [
            .. db.Query<Row>(SelectOldAllTenants, new { carrier, before }).Select(row => row.ToFragment())
                .DistinctBy(one => (one.Tenant, one.From, one.To, one.Reference, one.Total)),
        ], stop);

    /// <summary>Waits no more for the other parts of a text.</summary>
    public async ValueTask EndAsync(TextFragment one, Func<IReadOnlyList<TextFragment>, (TextMessage Come, TextReception Reception)> join,
        CancellationToken stop)
    {
        await _writer.RunAsync(one.Tenant, db =>
        {
            var all = FragmentsOf(db, one);
            return all.Count == 0 ? (WriteOutcome.Missing, null) : (WriteOutcome.Done, Join(db, one, join(all)));
        }, isDelete: false, stop).ConfigureAwait(false);
        _answered();
    }

    /// <summary>Forgets the parts of a text that nobody gets.</summary>
    public async ValueTask DropAsync(TextFragment one, CancellationToken stop) =>
        await _writer.Sql.WriteAsync(db => db.Execute(DeleteFragments, KeyOf(one)), stop).ConfigureAwait(false);

    /// <summary>The centre has heard that these are here.</summary>
    public async ValueTask ConfirmAsync(Guid carrier, Guid bind, int number, CancellationToken stop) =>
        await _writer.Sql.WriteAsync(db => db.Execute(Confirm, new { carrier, bind, number, last = Last }), stop).ConfigureAwait(false);

    private static UnitOfWork? Join(IDbConnection db, TextFragment one, (TextMessage Come, TextReception Reception) joined)
    {
        db.Execute(DeleteFragments, KeyOf(one));
        joined.Reception.Write(db, joined.Come);
        return joined.Reception.Work;
    }

    private static bool IsNew(IDbConnection db, TextArrival arrival)
    {
        var (carrier, bind) = (arrival.Carrier, arrival.Bind);
        db.Execute(DeleteOld, new { carrier, before = arrival.At - Remembered });
        db.Execute(Confirm, new { carrier, bind, number = arrival.Confirmed, last = Last });
        var which = new { carrier, bind, digest = arrival.Digest, since = arrival.At - Remembered, last = Last };
        if (db.QueryFirstOrDefault<Earlier>(SelectEarlier, which) is { } earlier)
        {
            // Once: what comes again after that is another text.
            db.Execute(Forgive, new { carrier, bind = earlier.Bind, number = earlier.Number });
            return false;
        }
        db.Execute(Insert, new { carrier, bind, number = arrival.Number, digest = arrival.Digest, at = arrival.At });
        return true;
    }

    private static List<TextFragment> FragmentsOf(IDbConnection db, TextFragment one) =>
        [.. db.Query<Row>(SelectFragments, KeyOf(one)).Select(row => row.ToFragment())];

    private static object KeyOf(TextFragment one) => new
    {
        tenant = one.Tenant, carrier = one.Carrier, from = one.From, to = one.To, reference = one.Reference, total = one.Total,
    };

    private sealed record Earlier
    {
        public Guid Bind { get; init; }
        public int Number { get; init; }
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public Guid CarrierId { get; init; }
        public string Sender { get; init; } = "";
        public string Recipient { get; init; } = "";
        public int Reference { get; init; }
        public int Total { get; init; }
        public int Number { get; init; }
        public int Coding { get; init; }
        public string Octets { get; init; } = "";
        public DateTimeOffset ReceivedAt { get; init; }

        public TextFragment ToFragment() => new(TenantId, CarrierId, Sender, Recipient, Reference, Total, Number, Coding,
            Convert.FromHexString(Octets), ReceivedAt);
    }
}
