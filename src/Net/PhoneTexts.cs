using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>Texts to phones as messages to the first shard, and texts of phones to whoever takes them.</summary>
/// <param name="post">Takes a message to the shard where phones register.</param>
/// <param name="hasPhone">Somebody is registered as this user.</param>
internal sealed class PhoneTexts(PendingReplies replies, Action<ShardMessage> post, Func<string, bool> hasPhone, TimeProvider clock,
    ILogger logger) : IPhoneTexts
{
    private IPhoneTextTaker? _taker;

    public bool HasPhone(string user) => hasPhone(user);

    public async ValueTask<PhoneTextAnswer> SendAsync(PhoneText text, CancellationToken stop)
    {
        long correlation = replies.ExpectText(out var answer);
        post(new ShardMessage.SendText(correlation, text));
        return await answer.WaitAsync(stop);
    }

    public void HandTo(IPhoneTextTaker taker) => Volatile.Write(ref _taker, taker);

    /// <summary>What a phone is answered, in bounded time.</summary>
    public async Task<PhoneTextVerdict> JudgeAsync(TextOfPhone text, CancellationToken stop)
    {
        if (Volatile.Read(ref _taker) is not { } taker) return new(503);
        try
        {
            return await taker.TakeAsync(text, stop).AsTask().WaitAsync(Limits.TextOfPhone, clock, stop);
        }
        catch (OperationCanceledException)
        {
            return new(503);
        }
        catch (TimeoutException)
        {
            logger.TextOfPhoneSilent(text.User, Limits.TextOfPhone.TotalSeconds);
            return new(504);
        }
        catch (Exception failed)
        {
            logger.TextOfPhoneFailed(failed, text.User);
            return new(500);
        }
    }
}
