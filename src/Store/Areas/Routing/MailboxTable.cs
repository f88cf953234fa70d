using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What a number's owner has said of its voicemail.</summary>
/// <param name="Pin">Digits; null lets nobody in but the number's own phone.</param>
public sealed record MailboxSettings(bool IsEnabled, string? Pin);

/// <summary>
/// The numbers with voicemail and who may hear their messages. PINs are sealed, and wrong ones are counted before they are compared, so
/// that calls at the same time have no more tries than one after the other.
/// </summary>
public sealed class MailboxTable
{
    private const string Key = "where tenant_id = @tenant and number = @number";
    internal const string Upsert = """
        insert into rw_mailbox (tenant_id, number, is_enabled, pin, failures, locked_until, created_at, updated_at)
        values (@tenant, @number, @isEnabled, @pin, 0, null, @at, @at)
        on conflict (tenant_id, number) do update set is_enabled = excluded.is_enabled, pin = excluded.pin, failures = 0, locked_until = null,
            updated_at = excluded.updated_at
        """;
    internal const string Select = $"select tenant_id, number, is_enabled, pin, failures, locked_until from rw_mailbox {Key}";
    internal const string SelectAllTenants =
        "select tenant_id, number, is_enabled, pin, failures, locked_until from rw_mailbox where is_enabled";
    internal const string Count =
        $"update rw_mailbox set failures = failures + 1 {Key} and (locked_until is null or locked_until <= @at)";
    internal const string Lock = $"update rw_mailbox set locked_until = @until {Key}";
    internal const string Forgive = $"update rw_mailbox set failures = 0, locked_until = null {Key}";
    internal const string DeleteOfNumber =
        "delete from rw_mailbox where tenant_id = @tenant and number = (select text from rw_number where tenant_id = @tenant and id = @id)";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal MailboxTable(Sql sql, Routing routing, SecretBox box, TimeProvider time) =>
        (_sql, _routing, _box, _time) = (sql, routing, box, time);

    /// <summary>Null for a number that never had any.</summary>
    public async ValueTask<MailboxSettings?> FindAsync(TenantId tenant, string number, CancellationToken stop) =>
        await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, number }), stop).ConfigureAwait(false) is { } row
            ? new(row.IsEnabled, PinOf(row)) : null;

    /// <summary>In place of what was said before. A PIN that is said anew has no failures.</summary>
    public async ValueTask SetAsync(TenantId tenant, string number, MailboxSettings settings, AuditNote? note, CancellationToken stop)
    {
        string? pin = settings.Pin is { } text ? _box.SealText(text, PurposeOf(tenant, number)) : null;
        await _sql.WriteAsync(db =>
        {
            db.Execute(Upsert, new { tenant, number, isEnabled = settings.IsEnabled, pin, at = _time.GetUtcNow() });
            AuditTable.Write(db, note);
            return true;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
    }

    /// <inheritdoc cref="IMailboxes.JudgeAsync"/>
    internal ValueTask<PinJudged> JudgeAsync(TenantId tenant, string number, string pin, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        var at = _time.GetUtcNow();
        var key = new { tenant, number, at };
        bool isOpen = db.Execute(Count, key) == 1;
        if (db.QuerySingleOrDefault<Row>(Select, key) is not { IsEnabled: true } row || PinOf(row) is not { } wanted) return PinJudged.None;
        if (!isOpen) return PinJudged.Locked;
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(wanted), Encoding.UTF8.GetBytes(pin)))
        {
            db.Execute(Forgive, key);
            return PinJudged.Right;
        }
        // They count on, so that whoever guesses for weeks waits longer each time.
        if (row.Failures % MailboxLimits.PinFailures == 0)
            db.Execute(Lock, new { tenant, number, until = at + MailboxLimits.PinLockAfter(row.Failures) });
        return PinJudged.Wrong;
    }, stop);

    internal static string PurposeOf(TenantId tenant, string number) => $"PIN of mailbox {tenant}/{number}";

    private string? PinOf(Row row) => row.Pin is { } pin ? _box.UnsealText(pin, PurposeOf(row.TenantId, row.Number)) : null;

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Number { get; init; } = "";
        public bool IsEnabled { get; init; }
        public string? Pin { get; init; }
        public int Failures { get; init; }
        public DateTimeOffset? LockedUntil { get; init; }

        /// <summary>Null for one that is switched off.</summary>
        public VoiceMailbox? ToMailbox() => IsEnabled ? new(TenantId, Number) : null;
    }
}
