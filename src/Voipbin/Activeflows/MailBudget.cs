using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>How many mails an account may still send: they go by the operator's server, and in his name. Any thread.</summary>
internal sealed class MailBudget(TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<TenantId, (DateTimeOffset Since, int Sent)> _sent = [];

    /// <returns>False when so many are more than an hour's.</returns>
    public bool TryTake(TenantId account, int mails)
    {
        var now = time.GetUtcNow();
        lock (_sent)
        {
            var (since, sent) = _sent.GetValueOrDefault(account);
            if (now - since >= Hour || now < since) (since, sent) = (now, 0);
            if (sent + mails > FlowLimits.MailsAnHour) return false;
            _sent[account] = (since, sent + mails);
            return true;
        }
    }
}
