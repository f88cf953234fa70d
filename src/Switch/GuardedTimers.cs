using Ringwright.Core;

namespace Ringwright.Switch;

/// <summary>
/// The timers of one part of a shard that is no actor. When they throw, that is told and the part rests: what stands due there must not be
/// met again at once and for ever, and the timers of the other parts go on.
/// </summary>
internal sealed class GuardedTimers(ShardContext context, Func<Instant> nextDue, Action onDue)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private Instant _restsUntil;

    /// <summary>When <see cref="HandleDue"/> wants to be called.</summary>
    public Instant NextDue => Instant.Max(nextDue(), _restsUntil);

    public void HandleDue()
    {
        if (nextDue() <= context.Now) Run();
    }

    /// <summary>The same for a part that looks at other things than the clock too.</summary>
    public void Run()
    {
        if (_restsUntil > context.Now) return;
        try
        {
            onDue();
        }
        catch (Exception e)
        {
            _restsUntil = context.Now + Rest;
            context.Emit(new Effect.Failed(null, e));
        }
    }
}
