using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Forwarding;

/// <summary>
/// Commands go to another node as rows of the database that both share, and so do the answers;
/// a notice of the server wakes whoever is meant. Who can neither write that database nor has the nodes' key commands nothing.
/// On a database with one node alone nothing is forwarded.
/// </summary>
public sealed class CommandForwarder : ICallForwarder, IAsyncDisposable
{
    /// <summary>For the whole way there and back: whoever asked by the API is told within five seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    /// <summary>
    /// Of that, what a command has to be taken, by the database's clock, and then to be begun, by the taker's:
    /// whoever is told "overloaded" may try again, and what is begun later would be done twice.
    /// </summary>
    private static readonly TimeSpan TakenWithin = TimeSpan.FromSeconds(2.5), BegunWithin = TimeSpan.FromSeconds(1);
    /// <summary>Longer than clocks of two nodes differ.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    /// <summary>Commands under way from this node.</summary>
    private const int Most = 1_000;

    private readonly Database _database;
    private readonly ForwardedCommandTable _table;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<Ack>> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private IAsyncDisposable? _mail;

    public CommandForwarder(Database database, ILogger logger)
    {
        (_database, _logger) = (database, logger);
        _table = database.ForwardedCommands;
    }

    /// <summary>From now on what others ask is given to <paramref name="calls"/>, and answers are heard.</summary>
    public void Start(ICallControl calls) => _mail = _database.Sql.Engine.Hear(_database.Node.Node, () => ReadAsync(calls));

    public async ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        // Without a mailbox no answer would be heard.
        if (_mail is null) return Refusal.AlreadyEnded;
        if (!CommandJson.TryWrite(command, out string? text)) return Refusal.WrongState;
        if (_waiting.Count >= Most) return Refusal.Overloaded;
        var id = Guid.CreateVersion7(_database.Time.GetUtcNow());
        var answer = new TaskCompletionSource<Ack>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        bool isAdded = false;
        try
        {
            // Another start of that node has ended what this one lived in.
            if (await _table.FindEpochAsync(to.Address.Node, stop).ConfigureAwait(false) != to.Address.Epoch
                // A node that is alive says so itself; a dead one says nothing, for ever.
                || !_database.Outbox.Lease.Alive.Contains(to.Address.Node)
                    && await SharedNames.HasEndedAsync(_database, to, stop).ConfigureAwait(false)) return Refusal.AlreadyEnded;
            isAdded = true;
            await _table.AddAsync(id, to, text, _database.Time.GetUtcNow(), TakenWithin, stop).ConfigureAwait(false);
            return await answer.Task.WaitAsync(Patience, _database.Time, stop).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is TimeoutException or StoreUnavailableException)
        {
            _logger.CommandNotAnswered(to.Address.Node);
            return Refusal.Overloaded;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
            if (isAdded) _ = DeleteAsync(id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_mail is { } mail) await mail.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>At the start, and whenever something came. What fails is read with the next notice.</summary>
    private async Task ReadAsync(ICallControl calls)
    {
        foreach (var (id, refusal) in await _table.ListAnswersAsync(_stop.Token).ConfigureAwait(false))
            if (_waiting.TryGetValue(id, out var waiting)) waiting.TrySetResult(refusal);
        var asked = (At: _database.Time.GetTimestamp(), Wall: _database.Time.GetUtcNow());
        foreach (var command in await _table.TakeAsync(_stop.Token).ConfigureAwait(false))
            _ = Task.Run(() => ObeyAsync(calls, command, asked));
    }

    /// <param name="asked">When the command was not taken yet. A machine that stood still may not have counted
    /// that itself; its wall clock has.</param>
    private async Task ObeyAsync(ICallControl calls, ForwardedCommand forwarded, (long At, DateTimeOffset Wall) asked)
    {
        try
        {
            if (_database.Time.GetElapsedTime(asked.At) > BegunWithin || _database.Time.GetUtcNow() - asked.Wall > BegunWithin)
            {
                _logger.CommandTooLate(forwarded.From, forwarded.To.ToString());
                return;
            }
            var answer = CommandJson.Read(_table.Open(forwarded)) is { } command
                ? await calls.SendAsync(forwarded.To, command, _stop.Token).ConfigureAwait(false)
                : Refusal.WrongState;
            await _table.AnswerAsync(forwarded, answer.Refusal, _stop.Token).ConfigureAwait(false);
            await _table.PruneAsync(_database.Time.GetUtcNow() - Kept, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is StoreException or StoreUnavailableException or JsonException)
        {
            _logger.CommandNotObeyed(failed, forwarded.From, forwarded.To.ToString());
        }
        catch (OperationCanceledException)
        {
            // The node stops; whoever asked is told that nobody knows.
        }
    }

    private async Task DeleteAsync(Guid id)
    {
        try
        {
            await _table.DeleteAsync(id).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is StoreException or StoreUnavailableException)
        {
            // Swept later.
        }
    }
}
