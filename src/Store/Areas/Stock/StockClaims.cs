using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Documents;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

public enum ClaimFault
{
    /// <summary>No search of the last day has shown it to the account, and the account does not hold it.</summary>
    NotFound,
    /// <summary>Another account has it or holds it, or the operator took it out.</summary>
    NotAvailable,
    /// <summary>The account holds it already.</summary>
    HeldAlready,
    /// <summary>It is the account's own.</summary>
    OwnedAlready,
    TooManyHeld,
    /// <summary>What the account has does not pay for it.</summary>
    NoCredit,
    /// <summary>The operator decides on each order of it, and whoever asks cannot wait for that.</summary>
    OnRequest,
}

/// <summary>Why numbers were not taken: then none of them was.</summary>
/// <param name="Index">Of the number among those that were asked for.</param>
public sealed record ClaimRefusal(ClaimFault Fault, int Index = 0);

/// <summary>What an account wants to have.</summary>
/// <param name="Texts">Each once.</param>
/// <param name="At">When; by it holds are over.</param>
public sealed record NumberClaim(TenantId Tenant, IReadOnlyList<string> Texts, DateTimeOffset At)
{
    /// <summary>Only as the whole block that begins with this number, which alone must have been found; null for single numbers.</summary>
    public string? Block { get; init; }
    /// <summary>Numbers that are sold on request may be among them: they are kept for the account, and are not its own yet.</summary>
    public bool MayWait { get; init; }
}

/// <summary>What became of numbers that were ordered on request.</summary>
/// <param name="Texts">One where the account gets it; any number of them where the stock has them back.</param>
/// <param name="Changed">Documents that are written where nobody has changed them since they were read; else nothing is done.</param>
public sealed record NumberDecision(TenantId Tenant, IReadOnlyList<string> Texts, DateTimeOffset At,
    IReadOnlyList<DocumentWrite> Changed)
{
    /// <summary>Writes the account's number, as a row of <see cref="NumberTable.Rows"/>; null where the stock has them back.</summary>
    public Func<StockNumber, ResourceRow>? Number { get; init; }
}

/// <summary>What comes of a claim, in its transaction.</summary>
/// <param name="Numbers">The account's new numbers, as rows of <see cref="NumberTable.Rows"/>.</param>
/// <param name="Work">Documents, messages and the trail. What the numbers cost is added to it.</param>
public sealed record NumberSale(IReadOnlyList<ResourceRow> Numbers, UnitOfWork Work);

/// <summary>The same for who keeps no document of a number.</summary>
/// <param name="Numbers">The account's new numbers.</param>
/// <param name="Beside">Writes what else is kept of them, if anything is.</param>
public sealed record NumberTaking(IReadOnlyList<NewNumber> Numbers, UnitOfWork Work, Action<IDbConnection>? Beside = null);

/// <summary>
/// Takes numbers out of the stock and puts them back. Whatever is taken is the account's number, its price in the ledger, and gone from
/// searches in one transaction; of two who want one number the update of its row lets one have it.
/// </summary>
public sealed class StockClaims
{
    /// <summary>Of the ledger's entries.</summary>
    public const string Product = "number";

    internal const string SelectMany = $"select {StockTable.Columns} from rw_stock_number where text in @texts";
    internal const string SelectFound = "select text from rw_found_number where tenant_id = @tenant and text in @texts and until_at > @now";
    internal const string SelectOwnedAllTenants = "select text from rw_number where text in @texts";
    internal const string SelectOwned = "select text from rw_number where tenant_id = @tenant and text in @texts";
    internal const string SelectAtDesk =
        $"select doc from rw_resource where tenant_id = @tenant and kind = '{StockLimits.AtDesk}' and deleted_at is null";
    internal const string CountHeld = "select count(*) from rw_stock_number where holder = @holder and state = 'held' and until_at > @now";
    internal const string Assign = """
        update rw_stock_number set state = 'assigned', holder = @holder, until_at = null where text = @text
            and (state = 'available' or (state in ('held', 'quarantined') and until_at <= @now) or (state = 'held' and holder = @holder))
        """;
    internal const string GiveUp = """
        update rw_stock_number set state = 'available', holder = null, until_at = null
        where text = @text and state = 'assigned' and holder = @holder
        """;
    internal const string Hold = """
        update rw_stock_number set state = 'held', holder = @holder, until_at = @until where text = @text and is_reservable = @yes
            and (state = 'available' or (state in ('held', 'quarantined') and until_at <= @now))
        """;
    internal const string HoldLonger =
        "update rw_stock_number set until_at = @until where text = @text and state = 'held' and holder = @holder and until_at > @now";
    internal const string ForgetFound = "delete from rw_found_number where tenant_id = @tenant and text in @texts";
    internal const string Return = """
        update rw_stock_number set state = 'quarantined', holder = null, until_at = @until where state <> 'withheld'
            and text = (select text from rw_number where tenant_id = @tenant and id = @id)
        """;
    internal const string EndMonths = """
        delete from rw_number_month where tenant_id = @tenant
            and number = (select text from rw_number where tenant_id = @tenant and id = @id)
        """;

    internal const string EndHolds =
        "update rw_stock_number set state = 'available', holder = null, until_at = null where state = 'held' and holder in @tenants";
    internal const string ReturnAll = """
        update rw_stock_number set state = 'quarantined', holder = null, until_at = @until where state = 'assigned' and holder in @tenants
        """;
    // Numbers that came with a file.
    internal const string SettleAllTenants = """
        update rw_stock_number set state = 'assigned', until_at = null,
            holder = (select n.tenant_id from rw_number n where n.text = rw_stock_number.text)
        where state not in ('assigned', 'withheld') and text in (select text from rw_number)
        """;

    private readonly RowWriter _writer;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal StockClaims(RowWriter writer, Routing routing, TimeProvider time) => (_writer, _routing, _time) = (writer, routing, time);

    /// <summary>
    /// Makes numbers of the stock the account's, all or none. Calls reach them when this completes; those that are sold on request wait for
    /// <see cref="DecideAsync"/>, and are paid already.
    /// </summary>
    /// <param name="numbers">Of <see cref="NumberTable.Rows"/>: writes the account's numbers as its dialect has them.</param>
    /// <param name="sell">Gets them in the order of the claim; it may be asked more than once.</param>
    /// <returns>Null when they are the account's.</returns>
    public ValueTask<ClaimRefusal?> OrderAsync(NumberClaim claim, IResourceRows numbers, Func<IReadOnlyList<StockNumber>, NumberSale> sell,
        CancellationToken stop)
    {
        var rows = (IStoredRows)numbers;
        return TakeAsync(claim, (db, wanted) =>
        {
            var sale = sell(wanted);
            foreach (var row in sale.Numbers) rows.Put(db, row);
            return sale.Work;
        }, stop);
    }

    /// <summary>The same for who keeps no document of a number.</summary>
    public ValueTask<ClaimRefusal?> OrderAsync(NumberClaim claim, NumberTable numbers, Func<IReadOnlyList<StockNumber>, NumberTaking> take,
        CancellationToken stop) => TakeAsync(claim, (db, wanted) =>
        {
            var taking = take(wanted);
            foreach (var (number, id, at) in taking.Numbers)
                numbers.Records.Insert(db, id.ToString(CultureInfo.InvariantCulture), number, at);
            taking.Beside?.Invoke(db);
            return taking.Work;
        }, stop);

    private async ValueTask<ClaimRefusal?> TakeAsync(NumberClaim claim,
        Func<IDbConnection, IReadOnlyList<StockNumber>, UnitOfWork> take, CancellationToken stop)
    {
        var rates = _routing.Current.Rates;
        ClaimRefusal? refusal = null;
        try
        {
            var outcome = await _writer.RunAsync(claim.Tenant, db =>
            {
                refusal = Check(db, claim, out var wanted);
                if (refusal is null && !IsPaid(db, rates, claim.Tenant, wanted)) refusal = new(ClaimFault.NoCredit);
                if (refusal is not null) return (WriteOutcome.Taken, null);
                foreach (var (i, text) in claim.Texts.Index())
                    if (db.Execute(Assign, new { text, holder = claim.Tenant, now = claim.At }) == 0) throw new TakenMeanwhileException(i);
                var work = take(db, wanted);
                db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants);
                db.Execute(ForgetFound, new { tenant = claim.Tenant, texts = new InList<string>(claim.Texts) });
                foreach (var number in wanted)
                    if (!number.IsOnRequest) NumberMonthTable.Begin(db, claim.Tenant, number, claim.At);
                return (WriteOutcome.Done, work with { Money = [.. work.Money, .. Charges(claim, wanted)] });
            }, isDelete: false, stop).ConfigureAwait(false);
            // The operator has given it to somebody in between.
            return outcome is WriteOutcome.Done ? null : refusal ?? new(ClaimFault.NotAvailable);
        }
        catch (TakenMeanwhileException taken)
        {
            return new(ClaimFault.NotAvailable, taken.Index);
        }
    }

    /// <summary>A number that waited becomes the account's, or the stock has it back, with others.</summary>
    /// <param name="numbers">Of <see cref="NumberTable.Rows"/>.</param>
    /// <param name="work">What else is committed with it.</param>
    /// <returns>
    /// Taken when somebody else has the number by now, Stale when one of the documents has changed: nothing is done then.
    /// </returns>
    public async ValueTask<WriteOutcome> DecideAsync(NumberDecision decision, IResourceRows numbers, UnitOfWork work,
        CancellationToken stop)
    {
        var rows = (IStoredRows)numbers;
        try
        {
            return await _writer.RunAsync(decision.Tenant, db =>
            {
                if (decision.Number is { } make)
                {
                    var which = new { texts = new InList<string>(decision.Texts) };
                    var stock = StockTable.Read(db, SelectMany, which).FirstOrDefault();
                    if (stock is not { State: StockState.Assigned, Holder: { } holder } || holder != decision.Tenant
                        || db.Query<string>(SelectOwnedAllTenants, which).Any()) return (WriteOutcome.Taken, null);
                    rows.Put(db, make(stock));
                    db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants);
                    NumberMonthTable.Begin(db, decision.Tenant, stock, decision.At);
                }
                else
                {
                    foreach (string text in decision.Texts) db.Execute(GiveUp, new { text, holder = decision.Tenant });
                }
                foreach (var (kind, row) in decision.Changed)
                    if (!DocumentTable.TryPut(db, kind, row)) throw new ChangedMeanwhileException();
                return (WriteOutcome.Done, work);
            }, isDelete: false, stop).ConfigureAwait(false);
        }
        catch (ChangedMeanwhileException)
        {
            return WriteOutcome.Stale;
        }
    }

    /// <summary>Holds numbers for the account. Each is for itself: what another has is told, and the others are held.</summary>
    /// <param name="work">Of what is held, in the order of the claim; it may be asked more than once.</param>
    /// <returns>Null when it was done; else nothing was.</returns>
    public async ValueTask<ClaimRefusal?> HoldAsync(NumberClaim claim, DateTimeOffset until, Func<IReadOnlyList<bool>, UnitOfWork> work,
        CancellationToken stop)
    {
        ClaimRefusal? refusal = null;
        await _writer.Unrouted.RunAsync(claim.Tenant, db =>
        {
            refusal = CheckHold(db, claim);
            if (refusal is not null) return (WriteOutcome.Taken, null);
            var policy = PolicyOf(db, claim.Tenant);
            bool[] held = [.. claim.Texts.Select(text => !policy.IsUnheld(text)
                && db.Execute(Hold, new { text, holder = claim.Tenant, now = claim.At, until, yes = true }) == 1)];
            return (WriteOutcome.Done, work(held));
        }, isDelete: false, stop).ConfigureAwait(false);
        return refusal;
    }

    /// <summary>Holds on to numbers that the account holds.</summary>
    /// <returns>False when it holds none of them any more: nothing is changed then.</returns>
    public async ValueTask<bool> HoldLongerAsync(NumberClaim claim, DateTimeOffset until, UnitOfWork work, CancellationToken stop) =>
        await _writer.Unrouted.RunAsync(claim.Tenant, db =>
        {
            int held = claim.Texts.Sum(text => db.Execute(HoldLonger, new { text, holder = claim.Tenant, now = claim.At, until }));
            return (held > 0 ? WriteOutcome.Done : WriteOutcome.Missing, work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    /// <summary>A number of an account is about to go: in its transaction.</summary>
    /// <param name="id">Of the number's row.</param>
    internal void TakeBack(IDbConnection db, TenantId tenant, object id)
    {
        db.Execute(Return, new { tenant, id, until = Times.Cut(_time.GetUtcNow()) + StockLimits.Quarantine });
        db.Execute(EndMonths, new { tenant, id });
    }

    /// <summary>Accounts are about to go, with what they have and hold.</summary>
    internal static void TakeAllBack(IDbConnection db, Leaving leaving)
    {
        var which = new { tenants = new InList<string>(leaving.Tenants), until = Times.Cut(leaving.At) + StockLimits.Quarantine };
        db.Execute(EndHolds, which);
        db.Execute(ReturnAll, which);
    }

    private static ClaimRefusal? Check(IDbConnection db, NumberClaim claim, out IReadOnlyList<StockNumber> wanted)
    {
        wanted = [];
        var which = new { tenant = claim.Tenant, texts = new InList<string>(claim.Texts), now = claim.At };
        var known = StockTable.Read(db, SelectMany, which).ToDictionary(number => number.Text, StringComparer.Ordinal);
        var found = db.Query<string>(SelectFound, which).ToHashSet(StringComparer.Ordinal);
        var owned = db.Query<string>(SelectOwnedAllTenants, which).ToHashSet(StringComparer.Ordinal);
        // As a rule nobody owns any of them, and so the account does not either.
        HashSet<string> own = owned.Count == 0 ? [] : db.Query<string>(SelectOwned, which).ToHashSet(StringComparer.Ordinal);
        var policy = PolicyOf(db, claim.Tenant);
        foreach (var (i, text) in claim.Texts.Index())
        {
            // Whoever asks again, as after an answer that was lost, is not told that nobody has shown it.
            if (own.Contains(text)) return new(ClaimFault.OwnedAlready, i);
            bool isShown = found.Contains(claim.Block ?? text);
            if (!known.TryGetValue(text, out var number) || (claim.Block is { } first && number.BlockFirst != first))
                return new(ClaimFault.NotFound, i);
            bool isOwn = IsHeldBy(number, claim);
            if (!isShown && !isOwn) return new(ClaimFault.NotFound, i);
            if (owned.Contains(text) || !(isOwn || IsFree(number, claim.At)) || policy.IsTaken(text))
                return new(ClaimFault.NotAvailable, i);
            if ((number.IsOnRequest || !policy.IsNobody) && !claim.MayWait) return new(ClaimFault.OnRequest, i);
        }
        wanted = [.. claim.Texts.Select(text => policy.Apply(known[text]))];
        return null;
    }

    /// <summary>The account's own, else the node's.</summary>
    private static OrderPolicy PolicyOf(IDbConnection db, TenantId tenant) =>
        db.QueryFirstOrDefault<string>(SelectAtDesk, new { tenant }) is { } document
            ? OrderPolicy.Read(JsonNode.Parse(document)!.AsObject()) : NodePolicyTable.Find(db);        // written by us

    private static ClaimRefusal? CheckHold(IDbConnection db, NumberClaim claim)
    {
        var which = new { tenant = claim.Tenant, texts = new InList<string>(claim.Texts), now = claim.At };
        var known = StockTable.Read(db, SelectMany, which).ToDictionary(number => number.Text, StringComparer.Ordinal);
        var found = db.Query<string>(SelectFound, which).ToHashSet(StringComparer.Ordinal);
        foreach (var (i, text) in claim.Texts.Index())
        {
            if (known.TryGetValue(text, out var number) && IsHeldBy(number, claim)) return new(ClaimFault.HeldAlready, i);
            if (number is null || !found.Contains(text)) return new(ClaimFault.NotFound, i);
        }
        long held = db.ExecuteScalar<long>(CountHeld, new { holder = claim.Tenant, now = claim.At });
        return held + claim.Texts.Count > StockLimits.MostHeld ? new(ClaimFault.TooManyHeld) : null;
    }

    private static bool IsHeldBy(StockNumber number, NumberClaim claim) =>
        number is { State: StockState.Held, Until: { } until } && until > claim.At && number.Holder == claim.Tenant;

    private static bool IsFree(StockNumber number, DateTimeOffset now) => number.State is StockState.Available
        || (number is { State: StockState.Held or StockState.Quarantined, Until: { } until } && until <= now);

    /// <summary>By the account's own credit, and by that of whoever pays for it.</summary>
    private static bool IsPaid(IDbConnection db, RateBook rates, TenantId tenant, IReadOnlyList<StockNumber> numbers) =>
        rates.CreditsOf(tenant).All(credit => numbers.GroupBy(number => number.Currency, StringComparer.Ordinal)
            .All(sum => credit.Debtors.Sum(one => MoneyTable.BalanceOf(db, one, sum.Key)) + credit.LimitMicros
                >= sum.Sum(n => n.UpfrontMicros + n.MonthlyMicros)));

    private static IEnumerable<MoneyEntry> Charges(NumberClaim claim, IReadOnlyList<StockNumber> numbers)
    {
        foreach (var number in numbers)
        {
            if (number.UpfrontMicros > 0)
                yield return Charge(claim.Tenant, number.UpfrontMicros, number.Currency, $"{number.Text}, setup", claim.At);
            if (number.MonthlyMicros > 0)
                yield return Charge(claim.Tenant, number.MonthlyMicros, number.Currency, NumberMonthTable.NoteOf(number.Text, 1), claim.At);
        }
    }

    internal static MoneyEntry Charge(TenantId tenant, long micros, string currency, string note, DateTimeOffset at) => new()
    {
        Tenant = tenant, Kind = MoneyKind.Charge, Amount = new(-micros, currency), Product = Product, Note = note, At = Times.Cut(at),
    };

    /// <summary>Another node was faster; what this one did until then is undone.</summary>
    private sealed class TakenMeanwhileException(int index) : Exception
    {
        public int Index => index;
    }

    /// <summary>Somebody has written a document in between; what was done until then is undone.</summary>
    private sealed class ChangedMeanwhileException : Exception;
}
