namespace Ringwright.Agency.Telling;

/// <summary>From when on the webhooks of an agency hear things, also where the clock was set back behind when one was made.</summary>
internal sealed class HookMarks
{
    /// <summary>When that was found, by the clock as it is since.</summary>
    private readonly Dictionary<(string Id, DateTimeOffset Since), DateTimeOffset> _backs = [];

    /// <summary>
    /// As they are to hear what is found now. What happened before one was made, and bears a time that has come again, is found before
    /// that: it is to come, or known.
    /// </summary>
    /// <param name="hooks">All of the agency's that listen.</param>
    public List<OutboundHook> Of(IReadOnlyList<OutboundHook> hooks, DateTimeOffset now)
    {
        foreach (var gone in _backs.Keys.Except(hooks.Select(KeyOf)).ToList()) _backs.Remove(gone);
        foreach (var hook in hooks.Where(hook => hook.Since > now))
            if (!_backs.TryGetValue(KeyOf(hook), out var found) || found > now) _backs[KeyOf(hook)] = now;
        return [.. hooks.Select(hook => _backs.TryGetValue(KeyOf(hook), out var back) ? hook with { Again = (back, now) } : hook)];
    }

    private static (string Id, DateTimeOffset Since) KeyOf(OutboundHook hook) => (hook.Id, hook.Since);
}
