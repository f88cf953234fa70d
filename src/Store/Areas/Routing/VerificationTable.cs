using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Whether a call may tell a code now.</summary>
public abstract record VerificationBegun
{
    private VerificationBegun() { }

    public sealed record Open(Guid Id) : VerificationBegun;
    /// <summary>Too many calls; another one may be asked for after <paramref name="Wait"/>.</summary>
    public sealed record TooOften(bool IsNumber, TimeSpan Wait) : VerificationBegun;
}

/// <summary>What a code came to.</summary>
public abstract record CodeJudged
{
    private CodeJudged() { }

    public sealed record Right(ProvedNumber Number) : CodeJudged;
    public sealed record Wrong(int TriesLeft) : CodeJudged;
    /// <summary>No call to the number, or its code was used.</summary>
    public sealed record Unasked : CodeJudged;
    public sealed record Expired : CodeJudged;
    /// <summary>Somebody has the number on this node by now.</summary>
    public sealed record Owned : CodeJudged;
}

/// <summary>
/// Calls that told codes. Codes are sealed; the newest call to a number is the one that counts,
/// and each row counts for a day in what is too often.
/// </summary>
public sealed class VerificationTable
{
    internal const string Insert =
        "insert into rw_verification (tenant_id, id, text, code, wrong_codes, at) values (@tenant, @id, @text, @code, 0, @at)";
    internal const string SelectTimesAllTenants = "select at from rw_verification where text = @text and at > @since order by at";
    internal const string SelectTimes = "select at from rw_verification where tenant_id = @tenant and at > @since order by at";
    internal const string Select =
        "select id, code, wrong_codes, at from rw_verification where tenant_id = @tenant and text = @text order by seq desc limit 1";
    internal const string CountWrong = "update rw_verification set wrong_codes = wrong_codes + 1 where tenant_id = @tenant and id = @id";
    internal const string Spend = "update rw_verification set code = '' where tenant_id = @tenant and text = @text";
    internal const string Delete = "delete from rw_verification where tenant_id = @tenant and id = @id";
    internal const string DeleteOldAllTenants = "delete from rw_verification where at <= @before";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal VerificationTable(Sql sql, Routing routing, SecretBox box, TimeProvider time) =>
        (_sql, _routing, _box, _time) = (sql, routing, box, time);

    /// <summary>Counts a call that is about to tell the code; an earlier one's code counts no more.</summary>
    public ValueTask<VerificationBegun> BeginAsync(TenantId tenant, string text, string code, CancellationToken stop) =>
        _sql.WriteAsync<VerificationBegun>(db =>
        {
            var now = _time.GetUtcNow();
            db.Execute(DeleteOldAllTenants, new { before = now - Day });
            var ofNumber = db.Query<DateTimeOffset>(SelectTimesAllTenants, new { text, since = now - Day }).AsList();
            var ofTenant = db.Query<DateTimeOffset>(SelectTimes, new { tenant, since = now - Day }).AsList();
            var wait = Max(Wait(ofNumber, VerificationLimits.CallsToNumberADay, Day, now),
                Wait(ofNumber, VerificationLimits.CallsToNumberAnHour, Hour, now), Wait(ofNumber, 1, VerificationLimits.CallPause, now));
            if (wait > TimeSpan.Zero) return new VerificationBegun.TooOften(IsNumber: true, wait);
            if (Wait(ofTenant, VerificationLimits.CallsOfTenantADay, Day, now) is var own && own > TimeSpan.Zero)
                return new VerificationBegun.TooOften(IsNumber: false, own);
            var id = Guid.CreateVersion7(now);
            db.Execute(Insert, new { tenant, id, text, code = _box.SealText(code, PurposeOf(tenant, id)), at = now });
            return new VerificationBegun.Open(id);
        }, stop);

    /// <summary>The call was not made after all.</summary>
    public async ValueTask WithdrawAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Delete, new { tenant, id }), stop).ConfigureAwait(false);

    /// <summary>Compares the code, and counts it when it is wrong. The right one proves the number, once.</summary>
    /// <param name="name">What the account calls the number; null for nothing.</param>
    public async ValueTask<CodeJudged> JudgeAsync(TenantId tenant, string text, string code, Func<ProvedNumber, AuditNote> note,
        CancellationToken stop, string? name = null)
    {
        var judged = await _sql.WriteAsync<CodeJudged>(db =>
        {
            if (db.QuerySingleOrDefault<Row>(Select, new { tenant, text }) is not { Code.Length: > 0 } asked)
                return new CodeJudged.Unasked();
            var now = _time.GetUtcNow();
            if (asked.At + VerificationLimits.CodeLife <= now) return new CodeJudged.Expired();
            if (asked.WrongCodes >= VerificationLimits.WrongCodes) return new CodeJudged.Wrong(0);
            string told = _box.UnsealText(asked.Code, PurposeOf(tenant, asked.Id));
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(told), Encoding.UTF8.GetBytes(code)))
            {
                db.Execute(CountWrong, new { tenant, id = asked.Id });
                return new CodeJudged.Wrong(VerificationLimits.WrongCodes - asked.WrongCodes - 1);
            }
            if (VerifiedNumberTable.Write(db, tenant, text, ProvedBy.Call, now, note, name) is not { } number)
                return new CodeJudged.Owned();
            db.Execute(Spend, new { tenant, text });
            return new CodeJudged.Right(number);
        }, stop).ConfigureAwait(false);
        if (judged is CodeJudged.Right) await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return judged;
    }

    /// <summary>Until fewer than <paramref name="most"/> of the times, oldest first, are within the span.</summary>
    private static TimeSpan Wait(List<DateTimeOffset> times, int most, TimeSpan span, DateTimeOffset now) =>
        times.Count < most ? TimeSpan.Zero : times[^most] + span - now;

    private static TimeSpan Max(params ReadOnlySpan<TimeSpan> spans)
    {
        var most = TimeSpan.Zero;
        foreach (var span in spans) most = span > most ? span : most;
        return most;
    }

    private static string PurposeOf(TenantId tenant, Guid id) => $"code of verification {tenant}/{id}";

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Code { get; init; } = "";
        public int WrongCodes { get; init; }
        public DateTimeOffset At { get; init; }
    }
}
