using System.Data;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// This node's word to the others of its database that it is alive, and what it makes of theirs.
/// Who renews it may send messages for two thirds of
/// <paramref name="span"/> from then on; a node whose word has not changed for the whole of it,
/// by the clock of whoever looks, is dead, and what it was to deliver is taken over. Clocks of two machines are never compared.
/// Where there is one node alone it is always held, and costs nothing.
/// </summary>
public sealed class NodeLease
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private readonly Sql _sql;
    private readonly TimeSpan _span;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, Other> _others = [];
    private TaskCompletionSource _renewal = Bell(), _wish = Bell();
    private Word? _word;
    private int[] _alive = [];
    private (int Number, long Beat)[] _dead = [];
    private int _losses;

    internal NodeLease(Sql sql, int node, TimeSpan span, TimeProvider time) =>
        (_sql, Node, _span, _time, IsShared) = (sql, node, span, time, sql.Engine.IsShared);

    public int Node { get; }

    /// <summary>Other nodes may deliver from the same outbox.</summary>
    public bool IsShared { get; }

    /// <summary>How often it is to be renewed, and what others handed over looked for.</summary>
    public TimeSpan Every => _span / 3;

    /// <summary>How long a node says nothing before it is dead.</summary>
    internal TimeSpan Span => _span;

    private TimeSpan Mine => _span / 3 * 2;

    /// <summary>The other nodes whose word has changed lately.</summary>
    public int[] Alive => Volatile.Read(ref _alive);

    /// <summary>The others, each with its last word.</summary>
    internal IReadOnlyList<(int Number, long Beat)> Dead => Volatile.Read(ref _dead);

    /// <summary>
    /// How often another node has taken over what was this one's. A message that came into memory before the last time may be the other's.
    /// </summary>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>False when nobody can say whether another node has taken over by now. A process that stood still sees it at once.</summary>
    public bool IsHeld => !IsShared
        || Volatile.Read(ref _word) is { } word && _time.GetElapsedTime(word.Timestamp) < Mine && _time.GetUtcNow() - word.At < Mine;

    /// <summary>Completes while <see cref="IsHeld"/>.</summary>
    public async ValueTask HeldAsync(CancellationToken stop)
    {
        while (true)
        {
            var renewal = Volatile.Read(ref _renewal).Task;
            if (IsHeld) return;
            Volatile.Read(ref _wish).TrySetResult();
            await renewal.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Until it is to be renewed: when its time has come, or somebody waits for it.</summary>
    public async Task RestAsync(CancellationToken stop)
    {
        try
        {
            await Volatile.Read(ref _wish).Task.WaitAsync(Every, _time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // As usual.
        }
        Volatile.Write(ref _wish, Bell());
    }

    /// <summary>Gives the word once more, looks at the others', and takes over from who is dead. To be called by one at a time.</summary>
    /// <returns>How many messages were taken over.</returns>
    public async Task<int> RenewAsync(ILogger logger, CancellationToken stop)
    {
        var word = new Word(_time.GetTimestamp(), _time.GetUtcNow());
        int known = Losses;
        var others = await _sql.WriteAsync(db =>
        {
            int losses = db.ExecuteScalar<int>(NodeTable.Beat, new { node = Node });
            return (Losses: losses, Beats: db.Query<(int Number, long Beat)>(NodeTable.SelectBeats, new { node = Node }).AsList());
        }, stop, committed: seen => Volatile.Write(ref _losses, seen.Losses)).ConfigureAwait(false);
        if (others.Losses != known && _word is not null) logger.LeaseLost(Node);
        // While nobody looked, a word may have come and gone.
        bool wasAway = _word is not { } last || _time.GetElapsedTime(last.Timestamp) >= _span / 2;
        Volatile.Write(ref _word, word);
        Interlocked.Exchange(ref _renewal, Bell()).SetResult();

        Volatile.Write(ref _alive, [.. from other in others.Beats where wasAway || IsAlive(other.Number, other.Beat) select other.Number]);
        Volatile.Write(ref _dead, [.. from other in others.Beats where !wasAway && !IsAlive(other.Number, other.Beat) select other]);
        int taken = 0;
        foreach (var (number, beat) in others.Beats)
        {
            long now = _time.GetTimestamp();
            if (wasAway || !_others.TryGetValue(number, out var other) || other.Beat != beat) _others[number] = new(beat, now, _span);
            else if (_time.GetElapsedTime(other.Since, now) >= other.Rest)
                taken += await TakeOverAsync(number, other, logger, stop).ConfigureAwait(false);
        }
        return taken;
    }

    private bool IsAlive(int number, long beat) => !_others.TryGetValue(number, out var other) || other.Beat != beat
        || other.Rest == _span && _time.GetElapsedTime(other.Since) < _span;

    /// <summary>
    /// Its writer holds a lock as long as it is connected, and writes nothing without: who has that lock knows that none of its
    /// transactions is under way. What comes back later finds that it has lost something (<see cref="Losses"/>) before it sends anything.
    /// One that writes is not dead, however busy it is.
    /// </summary>
    private async Task<int> TakeOverAsync(int number, Other dead, ILogger logger, CancellationToken stop)
    {
        if (await _sql.ReadAsync(db => db.ExecuteScalar<long>(OutboxTable.CountOfNodeAllTenants, new { from = number }),
            stop).ConfigureAwait(false) is 0)
        {
            Rest(number, dead);
            return 0;
        }
        int? taken = await _sql.WriteAsync(db => TakeOver(db, number, dead.Beat), stop).ConfigureAwait(false);
        if (taken is null)
        {
            await _sql.WriteAsync(db =>
            {
                _sql.Engine.Disconnect(db, number, _span);
                return 0;
            }, stop).ConfigureAwait(false);
            // The server takes its moment.
            await Task.Delay(Every / 4, _time, stop).ConfigureAwait(false);
            taken = await _sql.WriteAsync(db => TakeOver(db, number, dead.Beat), stop).ConfigureAwait(false);
        }
        if (taken is null) logger.NotTakenOver(number);
        else Rest(number, dead);
        if (taken > 0) logger.TakenOver(number, taken.Value);
        return taken ?? 0;
    }

    /// <returns>Null when it may be writing at this moment.</returns>
    private int? TakeOver(IDbConnection db, int number, long beat)
    {
        if (!_sql.Engine.TryShutOut(db, number)) return null;
        if (db.ExecuteScalar<long>(NodeTable.SelectBeat, new { node = number }) != beat) return 0;      // it is back
        int taken = db.Execute(OutboxTable.TakeOverAllTenants, new { node = Node, from = number });
        if (taken > 0) db.Execute(NodeTable.Lose, new { node = number });
        return taken;
    }

    /// <summary>Once more later: a third node may have handed something over at that moment.</summary>
    private void Rest(int number, Other dead) =>
        _others[number] = dead with { Since = _time.GetTimestamp(), Rest = dead.Rest * 2 < LongestRest ? dead.Rest * 2 : LongestRest };

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Word(long Timestamp, DateTimeOffset At);

    /// <param name="Beat">Its word.</param>
    /// <param name="Since">When that was seen first, or something was done about it last.</param>
    /// <param name="Rest">How long nothing is done about it from then on.</param>
    private sealed record Other(long Beat, long Since, TimeSpan Rest);
}
