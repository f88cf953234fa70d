using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// Stands before the dial gate and notices which calls a limit refuses or keeps waiting. Whoever asks the gate never waits for it:
/// what is to be told is written behind, and of the same thing only once in an hour.
/// </summary>
internal sealed class LimitWatch : IDialGate, IAsyncDisposable
{
    private const int MostWaiting = 1_000, MostRemembered = 10_000;
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);

    private readonly IDialGate _gate;
    private readonly NotificationBook _book;
    private readonly Database _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    /// <summary>It says when it is full, and does not drop: what finds no room is told by the next call that is refused.</summary>
    private readonly Channel<OutboxMessage> _waiting;
    /// <summary>Keys that were written or wait to be: a busy hour asks the database no second time.</summary>
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    /// <param name="mostWaiting">Notices at once that are not written yet: the database may be away.</param>
    public LimitWatch(IDialGate gate, NotificationBook book, Database store, TimeProvider time, ILogger logger,
        int mostWaiting = MostWaiting)
    {
        (_gate, _book, _store, _time, _logger) = (gate, book, store, time, logger);
        _waiting = Channel.CreateBounded<OutboxMessage>(new BoundedChannelOptions(mostWaiting) { SingleReader = true });
        _writing = Task.Run(WriteAsync);
    }

    public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => NoticedAsync(call, _gate.EnterAsync(call));

    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => NoticedAsync(call, _gate.MoveAsync(call));

    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => _gate.AskAsync(attempt);

    private async ValueTask<GateAnswer> NoticedAsync(CallAttempt call, ValueTask<GateAnswer> asked)
    {
        var answer = await asked;
        if (!answer.IsOpen && !_book.IsEmpty) Notice(call, answer);
        return answer;
    }

    public void Answered(LegId leg) => _gate.Answered(leg);

    public void Leave(LegId leg) => _gate.Leave(leg);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        // What waits is written unless the database is away.
        _stop.CancelAfter(WhileAway);
        await _writing;
        _stop.Dispose();
    }

    private void Notice(CallAttempt question, GateAnswer answer)
    {
        var condition = answer.Refusal switch
        {
            Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit => Catalogue.ChannelLimitReached,
            Refusal.SpendLimit when answer.Rule is not ("max_destination_rate" or "no_price") => Catalogue.SpendLimitReached,
            Refusal.InsufficientFunds => Catalogue.FundsExhausted,
            _ => null,
        };
        if (condition is null) return;
        // Of one that may wait nobody knows here whether as many do as may.
        bool mayWait = question.WaitsForRoom && !answer.IsForGood && condition == Catalogue.ChannelLimitReached;
        foreach (var target in _book.Find(question.Tenant, condition))
        {
            var message = _book.MessageOf(new Occurrence
            {
                Tenant = question.Tenant,
                Condition = condition,
                At = _time.GetUtcNow(),
                Subject = answer.Rule ?? "",
                Summary = $"A call from {question.From} to {question.To} {(mayWait ? "met a limit" : "was refused")}: {answer.Detail}",
                Facts =
                [
                    ("connection_id", question.Connection.ToString()),
                    ("direction", question.Direction is Direction.Inbound ? "incoming" : "outgoing"),
                    ("from", question.From), ("limit", answer.Rule), ("to", question.To),
                ],
            }, target);
            if (_known.Count >= MostRemembered) _known.Clear();
            // an occurrence has a key
            if (_known.TryAdd(message.Once!, true) && !_waiting.Writer.TryWrite(message)) _known.TryRemove(message.Once!, out _);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _waiting.Reader.ReadAllAsync(_stop.Token)) await WriteAsync(message);
        }
        catch (OperationCanceledException)
        {
            // The node stops, and the database is away.
        }
    }

    private async Task WriteAsync(OutboxMessage message)
    {
        while (true)
        {
            try
            {
                await _store.Outbox.AddAsync([message], _stop.Token);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(WhileAway, _time, _stop.Token);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                _logger.NotificationNotWritten(failed, message.Id);
                return;
            }
        }
    }
}
