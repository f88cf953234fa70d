using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Codes that were sent. They are sealed, and forgotten once they count no more; of those to a number by a profile the newest counts.
/// When one is over by time is read, not written: no timer, and nothing to catch up with after a stop.
/// </summary>
public sealed class SentCodeTable
{
    internal const string Insert = """
        insert into rw_sent_code (id, tenant_id, profile_id, number, block, way, code, is_custom, state, wrong_codes, timeout_secs, text_id,
            created_at, updated_at, is_flash)
        values (@id, @tenant, @profile, @number, @block, @way, @code, @isCustom, 'pending', 0, @timeoutSecs, @text, @at, @at, @isFlash)
        """;
    internal const string Supersede = """
        update rw_sent_code set state = 'expired', code = '', updated_at = @at
        where tenant_id = @tenant and profile_id = @profile and number = @number and state = 'pending'
            and seq < (select seq from rw_sent_code where tenant_id = @tenant and id = @id)
        """;
    internal const string Delete = "delete from rw_sent_code where tenant_id = @tenant and id = @id";
    private const string Columns = """
        id, tenant_id, profile_id, number, way, code, is_custom, state, wrong_codes, timeout_secs, text_id, created_at, updated_at,
            is_flash, (select state from rw_text where tenant_id = @tenant and id = rw_sent_code.text_id) as outcome
        """;
    internal const string Select = $"select {Columns} from rw_sent_code where tenant_id = @tenant and id = @id";
    internal const string SelectNewest = $"""
        select {Columns} from rw_sent_code where tenant_id = @tenant and profile_id = @profile and number = @number
        order by seq desc limit 1
        """;
    internal const string SelectPage = $"""
        select {Columns} from rw_sent_code where tenant_id = @tenant and number = @number order by seq desc limit @limit offset @offset
        """;
    internal const string Count = "select count(*) from rw_sent_code where tenant_id = @tenant and number = @number";
    internal const string Judge = """
        update rw_sent_code set state = @state, code = @code, wrong_codes = @wrong, updated_at = @at
        where tenant_id = @tenant and id = @id and state = 'pending' and wrong_codes = @was
        """;
    internal const string SelectTimesAllTenants =
        "select created_at from rw_sent_code where number = @number and created_at > @since order by created_at";
    internal const string SelectTimes =
        "select created_at from rw_sent_code where tenant_id = @tenant and created_at > @since order by created_at";
    internal const string SelectBlockAllTenants =
        "select created_at, state from rw_sent_code where block = @block and created_at > @since order by created_at";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1),
        Day = TimeSpan.FromDays(1);

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;
    private readonly string _lockBlock;

    internal SentCodeTable(Sql sql, SecretBox box, TimeProvider time) => (_sql, _box, _time, _lockBlock) =
        (sql, box, time, $"select {sql.Engine.TryLockText("'codes to ' || cast(@block as text)")}");

    /// <summary>Counts a code that is about to be sent.</summary>
    /// <returns>Null when it may be sent: it is written then.</returns>
    public ValueTask<TooManyCodes?> BeginAsync(SentCode sent, string code, AuditNote note, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(sent.Number.Length, CodeLimits.BlockDigits);
        return _sql.WriteAsync<TooManyCodes?>(db =>
        {
            string block = sent.Number[..^CodeLimits.BlockDigits];
            var at = sent.CreatedAt;
            // Another node is counting one this very moment: two would not see each other.
            if (!db.ExecuteScalar<bool>(_lockBlock, new { block })) return new("one at a time to a hundred numbers in a row", Second);
            if (LimitOf(db, sent.Tenant, sent.Number, block, at) is { } limit) return limit;
            db.Execute(Insert, new
            {
                id = sent.Id, tenant = sent.Tenant, profile = sent.Profile, number = sent.Number, block,
                way = Names<CodeWay>.Of(sent.Way is CodeWay.Flashcall ? CodeWay.Call : sent.Way), isFlash = sent.Way is CodeWay.Flashcall,
                code = _box.SealText(code, PurposeOf(sent.Tenant, sent.Id)), isCustom = sent.IsCustom, timeoutSecs = sent.TimeoutSecs,
                text = sent.Text, at,
            });
            AuditTable.Write(db, note);
            return null;
        }, stop);
    }

    /// <summary>It is on its way: earlier ones to the number by the same profile count no more.</summary>
    public async ValueTask SupersedeAsync(SentCode sent, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Supersede, new
        {
            tenant = sent.Tenant, profile = sent.Profile, number = sent.Number, id = sent.Id, at = sent.CreatedAt,
        }), stop).ConfigureAwait(false);

    /// <summary>It was not sent after all.</summary>
    public async ValueTask WithdrawAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Delete, new { tenant, id }), stop).ConfigureAwait(false);

    public ValueTask<SentCode?> FindAsync(TenantId tenant, Guid id, CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        return _sql.ReadAsync(db => db.QueryFirstOrDefault<Row>(Select, new { tenant, id })?.ToCode(now), stop);
    }

    /// <summary>Those that were sent to the number, newest first.</summary>
    public ValueTask<(IReadOnlyList<SentCode> Rows, long Total)> ListAsync(TenantId tenant, string number, int offset, int limit,
        CancellationToken stop)
    {
        var (which, now) = (new { tenant, number, offset, limit }, _time.GetUtcNow());
        return _sql.ReadAsync<(IReadOnlyList<SentCode>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, which).Select(row => row.ToCode(now))], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Compares what came back with the code of that id, and counts it when it is wrong.</summary>
    /// <param name="said">What the account says of a code that it chose: true for right. Null compares.</param>
    /// <returns>Null when there is none of the id.</returns>
    public ValueTask<JudgedCode?> JudgeAsync(TenantId tenant, Guid id, string code, bool? said, CancellationToken stop) =>
        _sql.WriteAsync(db => JudgedOf(db, db.QueryFirstOrDefault<Row>(Select, new { tenant, id }), code, said), stop);

    /// <summary>The same with the newest code to the number by the profile.</summary>
    public ValueTask<JudgedCode?> JudgeNewestAsync(TenantId tenant, Guid profile, string number, string code, CancellationToken stop) =>
        _sql.WriteAsync(db => JudgedOf(db, db.QueryFirstOrDefault<Row>(SelectNewest, new { tenant, profile, number }), code, said: null),
            stop);

    private JudgedCode? JudgedOf(IDbConnection db, Row? row, string code, bool? said)
    {
        if (row is null) return null;
        var at = _time.GetUtcNow();
        var asked = row.ToCode(at);
        if (asked.State is not CodeState.Pending) return new(asked, IsRight: false);
        bool isRight = said is { } word && asked.IsCustom ? word : CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(_box.UnsealText(row.Code, PurposeOf(asked.Tenant, asked.Id))), Encoding.UTF8.GetBytes(code));
        int wrong = asked.WrongCodes + (isRight ? 0 : 1);
        var state = isRight ? CodeState.Accepted
            : (said is false && asked.IsCustom) || wrong >= CodeLimits.WrongCodes ? CodeState.Invalid : CodeState.Pending;
        bool isDone = db.Execute(Judge, new
        {
            tenant = asked.Tenant, id = asked.Id, state = Names<CodeState>.Of(state), code = state is CodeState.Pending ? row.Code : "",
            wrong, was = asked.WrongCodes, at,
        }) == 1;
        // Another node judged it in between: a code is right once, and whoever guesses has no more tries than there are.
        return isDone ? new(asked with { State = state, WrongCodes = wrong, UpdatedAt = at }, isRight) : new(asked, IsRight: false);
    }

    private static TooManyCodes? LimitOf(IDbConnection db, TenantId tenant, string number, string block, DateTimeOffset now)
    {
        var ofNumber = db.Query<DateTimeOffset>(SelectTimesAllTenants, new { number, since = now - Day }).AsList();
        var ofTenant = db.Query<DateTimeOffset>(SelectTimes, new { tenant, since = now - Minute }).AsList();
        var ofBlock = db.Query<Sent>(SelectBlockAllTenants, new { block, since = now - Hour }).AsList();
        long accepted = ofBlock.Count(sent => sent.State == Names<CodeState>.Of(CodeState.Accepted));
        return Of("one in 30 seconds to a number", ofNumber, 1, CodeLimits.Pause)
            ?? Of($"{CodeLimits.ToNumberAnHour} an hour to a number", ofNumber, CodeLimits.ToNumberAnHour, Hour)
            ?? Of($"{CodeLimits.ToNumberADay} a day to a number", ofNumber, CodeLimits.ToNumberADay, Day)
            ?? Of($"{CodeLimits.OfTenantAMinute} a minute of an account", ofTenant, CodeLimits.OfTenantAMinute, Minute)
            ?? (accepted * 100 >= (long)CodeLimits.LeastAccepted * ofBlock.Count ? null
                : Of($"{CodeLimits.ToBlockAnHour} an hour to a hundred numbers in a row of which almost none comes back",
                    [.. ofBlock.Select(sent => sent.CreatedAt)], CodeLimits.ToBlockAnHour, Hour));

        TooManyCodes? Of(string rule, List<DateTimeOffset> times, int most, TimeSpan span) =>
            times.Count >= most && times[^most] + span - now is var wait && wait > TimeSpan.Zero ? new(rule, wait) : null;
    }

    private static string PurposeOf(TenantId tenant, Guid id) => $"sent code {tenant}/{id}";

    private sealed record Sent
    {
        public DateTimeOffset CreatedAt { get; init; }
        public string State { get; init; } = "";
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public Guid ProfileId { get; init; }
        public string Number { get; init; } = "";
        public string Way { get; init; } = "";
        public bool IsFlash { get; init; }
        public string Code { get; init; } = "";
        public bool IsCustom { get; init; }
        public string State { get; init; } = "";
        public int WrongCodes { get; init; }
        public int TimeoutSecs { get; init; }
        public Guid? TextId { get; init; }
        /// <summary>State of its text.</summary>
        public string? Outcome { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public SentCode ToCode(DateTimeOffset now)
        {
            var (state, end) = (Names<CodeState>.Parse(State), CreatedAt + TimeSpan.FromSeconds(TimeoutSecs));
            if (state is CodeState.Pending && IsLost) state = CodeState.Error;
            else if (state is CodeState.Pending && end <= now) state = CodeState.Expired;
            return new()
            {
                Id = Id, Tenant = TenantId, Profile = ProfileId, Number = Number,
                Way = IsFlash ? CodeWay.Flashcall : Names<CodeWay>.Parse(Way), IsCustom = IsCustom,
                State = state, WrongCodes = WrongCodes, TimeoutSecs = TimeoutSecs, Text = TextId, CreatedAt = CreatedAt,
                UpdatedAt = state is CodeState.Expired && State == Names<CodeState>.Of(CodeState.Pending) ? end : UpdatedAt,
            };
        }

        private bool IsLost => Outcome is { } text && SentCode.IsLostBy(Names<TextState>.Parse(text));
    }
}
