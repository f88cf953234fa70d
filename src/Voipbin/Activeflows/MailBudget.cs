using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>
/// How many mails an account may still send, and all accounts below one together, which it makes as it likes: they go by the operator's
/// server, and in his name. Any thread.
/// </summary>
/// <param name="above">The account above one; null for one that has none.</param>
internal sealed class MailBudget(TimeProvider time, Func<TenantId, TenantId?> above)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<(TenantId Account, bool IsOfThoseBelow), (DateTimeOffset Since, int Sent)> _sent = [];

    /// <returns>False when so many are more than an hour's.</returns>
    public bool TryTake(TenantId account, int mails)
    {
        var maker = above(account);
        lock (_sent)
        {
            if (!HasRoom((account, false), FlowLimits.MailsAnHour)
                || (maker is { } root && !HasRoom((root, true), FlowLimits.MailsBelowAnHour))) return false;
            Add((account, false));
            if (maker is { } one) Add((one, true));
            return true;
        }

        bool HasRoom((TenantId, bool) key, int most) => Of(key).Sent + mails <= most;

        void Add((TenantId, bool) key)
        {
            var (since, sent) = Of(key);
            _sent[key] = (since, sent + mails);
        }
    }

    private (DateTimeOffset Since, int Sent) Of((TenantId, bool) key)
    {
        var now = time.GetUtcNow();
        return _sent.TryGetValue(key, out var known) && now - known.Since < Hour && now >= known.Since ? known : (now, 0);
    }
}
