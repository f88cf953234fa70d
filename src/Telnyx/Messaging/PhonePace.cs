using System.Runtime.InteropServices;
using Ringwright.Core;

namespace Ringwright.Telnyx.Messaging;

/// <summary>How many texts each phone may send in a minute of the clock: who has stolen its password sends no flood.</summary>
internal sealed class PhonePace
{
    /// <summary>More than a person writes.</summary>
    public const int MostInAMinute = 60;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, string User), int> _come = [];
    private long _minute;

    /// <summary>Counts this one too, unless it is one too many.</summary>
    public bool Takes(TenantId tenant, string user, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now.ToUnixTimeSeconds() / 60 is var minute && minute != _minute)
            {
                _come.Clear();
                _minute = minute;
            }
            ref int come = ref CollectionsMarshal.GetValueRefOrAddDefault(_come, (tenant, user), out _);
            if (come >= MostInAMinute) return false;
            come++;
            return true;
        }
    }
}
