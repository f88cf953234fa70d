using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Texts;

/// <summary>
/// Cookies of programs that answer texts: whoever writes to a number has one session with its program, until he is silent for hours. Known
/// to this node alone.
/// </summary>
internal sealed class TextCookies
{
    /// <summary>Sessions of one account: who writes from many numbers drives out that account's alone.</summary>
    internal const int MostOfAccount = 1_000;

    /// <summary>Since the last text of a session.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(4);

    private readonly ConcurrentDictionary<TenantId, RecentMap<string, (CallCookies Cookies, DateTimeOffset Until)>> _kept = new();

    /// <summary>Those of the session that a text belongs to.</summary>
    public CallCookies Of(TextMessage come, DateTimeOffset now)
    {
        var sessions = _kept.GetOrAdd(come.Tenant, static _ => new(MostOfAccount));
        string session = $"{come.From} {come.To}";
        var cookies = sessions.TryGet(session, out var known) && known.Until > now ? known.Cookies : new CallCookies();
        sessions.Set(session, (cookies, now + Life));
        return cookies;
    }
}
