namespace Ringwright.Campaigns.Windows;

public enum ContactTimeKind
{
    /// <summary>At the instant that was asked for.</summary>
    Now,
    Later,

    /// <summary>Not within <see cref="CallingWindows.Horizon"/>.</summary>
    Never,

    /// <summary>Local time matters, and nobody knows where the recipient is: the call is put off until somebody does.</summary>
    UnknownZone,
}

/// <summary>When a recipient may be called next.</summary>
/// <param name="At">Null for Never and UnknownZone.</param>
/// <param name="Why">Of Now the evidence that it is allowed, of the others what forbids it, in words.</param>
public readonly record struct ContactTime(ContactTimeKind Kind, DateTimeOffset? At, string Why);

/// <summary>Windows and caps together.</summary>
/// <param name="caps">Null: as often as anybody likes.</param>
public sealed class ContactTimes(CallingWindows windows, FrequencyCaps? caps)
{
    /// <summary>Windows and caps take turns to move it on. Each turn leaves a day, or a window, behind.</summary>
    private const int MostTurns = 1000;

    /// <summary>The earliest instant from <paramref name="from"/> on that both allow.</summary>
    /// <param name="zones">Null when they are not known.</param>
    /// <param name="attempts">To the same number, in any order.</param>
    public ContactTime Next(ZoneSet? zones, IReadOnlyCollection<PastAttempt> attempts, DateTimeOffset from)
    {
        if (zones is null && (windows.NeedZones || caps is not null))
            return new(ContactTimeKind.UnknownZone, null, "the recipient's time zone is not known");
        // Without a rule about local time any zone will do.
        var somewhere = zones ?? Utc;
        var at = from;
        string? why = null;
        for (int turn = 0; turn < MostTurns && at - from <= CallingWindows.Horizon; turn++)
        {
            var verdict = windows.IsOpen(somewhere, at);
            if (!verdict.IsOpen)
            {
                why = verdict.Evidence;
                if (windows.NextOpen(somewhere, at) is not { } open) break;
                at = open;
            }
            var allowed = caps?.NextAllowed(attempts, somewhere, at, now: from) ?? new(at, null);
            if (allowed.Why is null)
                return at == from ? new(ContactTimeKind.Now, at, verdict.Evidence)
                    : new(ContactTimeKind.Later, at, why ?? verdict.Evidence);
            (at, why) = (allowed.At, allowed.Why);
        }
        return new(ContactTimeKind.Never, null, why ?? "no window opens");
    }

    private static readonly ZoneSet Utc = new(["Etc/UTC"]);
}
