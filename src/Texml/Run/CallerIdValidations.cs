using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Texml.Run;

/// <summary>What whoever answers a call has to press, so that its account may show the number that was called.</summary>
/// <param name="Code">Known to the account, which tells it to whoever has the number.</param>
/// <param name="Sid">Of the number, once it is proved.</param>
/// <param name="Until">So long it may take until the call begins.</param>
/// <param name="Prove">False where the number has become somebody's meanwhile, or a later call asks for it.</param>
internal sealed record CallerIdValidation(string Code, string Sid, DateTimeOffset Until, Func<CancellationToken, ValueTask<bool>> Prove);

/// <summary>Calls of this node that prove a number, from their dial until their program begins.</summary>
internal sealed class CallerIdValidations
{
    private readonly ConcurrentDictionary<LegId, CallerIdValidation> _all = new();

    public int Count => _all.Count;

    /// <summary>Those whose program never began are forgotten.</summary>
    public void Place(LegId leg, CallerIdValidation validation, DateTimeOffset now)
    {
        foreach (var (old, placed) in _all)
            if (placed.Until <= now) Forget(old);
        _all[leg] = validation;
    }

    public CallerIdValidation? Take(LegId leg) => _all.TryRemove(leg, out var placed) ? placed : null;

    public void Forget(LegId leg) => _all.TryRemove(leg, out _);
}
