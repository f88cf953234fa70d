using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Texts;

/// <summary>
/// The phones of numbers. A number on a messaging profile is its account's: its texts are there when they are written, and the phones that
/// are registered at that moment get them too, which changes nothing of them. Of a number that is on none its phones are all that there is:
/// what they answer is what became of the text. Whatever goes to a phone is committed before, and goes once.
/// </summary>
public sealed class TextPhones(Database store, TextDesk desk, IPhoneTexts line, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _underWay = [];
    private int _isClosed;

    /// <summary>The SIP user whose phones alone get texts to a number; null where its account does, or nobody.</summary>
    public string? OnlyUserOf(string number) => TextLife.OnlyUserOf(store.Routing.Current, number);

    public bool IsThere(string user) => line.HasPhone(user);

    /// <summary>A text that is written as sent goes to the phones; what they answer is written, too.</summary>
    public void Send(TextMessage sent, string user) => Begin(() => SettleAsync(sent, user));

    /// <summary>A text that its account has is for the number's phones, too, if there are any.</summary>
    public void Show(TextMessage come)
    {
        if (come.Words.Length > 0 && TextLife.UserOf(store.Routing.Current, come.To) is { } user && line.HasPhone(user))
            Begin(() => ShowAsync(come, user));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] last;
        lock (_gate) last = [.. _underWay];
        await Task.WhenAll(last).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Begin(Func<Task> what)
    {
        if (Volatile.Read(ref _isClosed) == 1) return;
        var task = what();
        lock (_gate) _underWay.Add(task);
        _ = task.ContinueWith(done =>
        {
            lock (_gate) _underWay.Remove(done);
        }, TaskScheduler.Default);
    }

    private async Task SettleAsync(TextMessage sent, string user)
    {
        try
        {
            var answer = await SendAsync(sent, user).ConfigureAwait(false);
            var after = sent with
            {
                State = answer.IsTaken ? TextState.Delivered : TextState.DeliveryFailed,
                Fault = answer.IsTaken ? null : FaultOf(answer),
                CompletedAt = store.Time.GetUtcNow(),
                DueAt = null,
            };
            await store.Texts.MoveAsync(after, TextState.Sent, new UnitOfWork { Messages = desk.Tell(after, TextNews.Finalized) },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is OperationCanceledException or StoreUnavailableException)
        {
            // It is in doubt, as after a kill, and ends so within minutes.
        }
        catch (Exception fault)
        {
            log.PhoneNotWritten(fault, sent.Id);
        }
    }

    private async Task ShowAsync(TextMessage come, string user)
    {
        try
        {
            var answer = await SendAsync(come, user).ConfigureAwait(false);
            if (!answer.IsTaken) log.NotShown(come.Id, user, answer.Status, answer.Trouble);
        }
        catch (OperationCanceledException)
        {
            // Its account has it.
        }
        catch (Exception fault)
        {
            log.PhoneNotWritten(fault, come.Id);
        }
    }

    private async Task<PhoneTextAnswer> SendAsync(TextMessage text, string user)
    {
        var answer = await line.SendAsync(new(user, text.From, text.To, text.Words), _stop.Token).ConfigureAwait(false);
        Metrics.TextsToPhones.Add(1, Metrics.Of("answer", answer.IsTaken ? "taken" : answer.Status is null ? "none" : "refused"));
        return answer;
    }

    private static TextFault FaultOf(PhoneTextAnswer answer) => answer.Status switch
    {
        404 or 410 or 484 or 604 => TextFault.BadRecipient,
        413 or 415 or 488 or 513 => TextFault.BadBody,
        401 or 403 or 405 or 407 or 501 or >= 600 => TextFault.Rejected,
        _ => TextFault.Undeliverable,
    };
}
