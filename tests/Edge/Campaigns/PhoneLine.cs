using System.Collections.Concurrent;
using Ringwright.Calls.Texts;

namespace Ringwright.Edge.Campaigns;

/// <summary>Phones that are there or not, and answer texts as the test says.</summary>
internal sealed class PhoneLine : IPhoneTexts
{
    private readonly ConcurrentQueue<PhoneText> _sent = new();

    /// <summary>SIP users with a phone.</summary>
    public ConcurrentDictionary<string, bool> Users { get; } = new(StringComparer.Ordinal);
    public IReadOnlyList<PhoneText> Sent => [.. _sent];
    public Func<PhoneText, Task<PhoneTextAnswer>> OnSend { get; set; } = static _ => Task.FromResult(new PhoneTextAnswer(200));
    /// <summary>Who takes what phones send; null before it is there.</summary>
    public IPhoneTextTaker? Taker { get; private set; }

    public bool HasPhone(string user) => Users.ContainsKey(user);

    public async ValueTask<PhoneTextAnswer> SendAsync(PhoneText text, CancellationToken stop)
    {
        _sent.Enqueue(text);
        return await OnSend(text).WaitAsync(stop);
    }

    public void HandTo(IPhoneTextTaker taker) => Taker = taker;
}
