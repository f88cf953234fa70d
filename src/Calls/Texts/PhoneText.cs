namespace Ringwright.Calls.Texts;

/// <summary>A text to all phones of a SIP user (RFC 3428).</summary>
/// <param name="User">As in <see cref="SipUser.Name"/>.</param>
/// <param name="From">+E.164, a short code or a name: whom the phones show.</param>
/// <param name="To">+E.164 of the number that was written to.</param>
public sealed record PhoneText(string User, string From, string To, string Words);

/// <summary>What a text to phones came to; of several phones the best.</summary>
/// <param name="Status">Of the final answer; null when none came.</param>
/// <param name="Trouble">Why none did, as part of a sentence.</param>
public readonly record struct PhoneTextAnswer(int? Status, string? Trouble = null)
{
    public bool IsTaken => Status is >= 200 and < 300;
}

/// <summary>A text of a phone that has proved whose it is.</summary>
/// <param name="Connection">That of its SIP user.</param>
/// <param name="To">+E.164 where the phone dialled a number, else what it wrote.</param>
/// <param name="Key">The same for a repetition of the same request, and for nothing else of the user.</param>
public sealed record TextOfPhone(Connection Connection, string User, string To, string Words, string Key);

/// <summary>What the phone is answered.</summary>
/// <param name="Status">202 once it is written.</param>
/// <param name="Why">For people; null where the status says it.</param>
public readonly record struct PhoneTextVerdict(int Status, string? Why = null);

/// <summary>Texts to and from registered phones. Implemented in Net; any thread may ask.</summary>
public interface IPhoneTexts
{
    /// <summary>Somebody is registered as this user.</summary>
    bool HasPhone(string user);

    /// <summary>Each phone of the user gets it, one text after the other; never more than once.</summary>
    /// <returns>As soon as one has taken it, or the last one did not: within 32 s for each text that is before it.</returns>
    /// <exception cref="OperationCanceledException">The node stops: nobody knows what came of it.</exception>
    ValueTask<PhoneTextAnswer> SendAsync(PhoneText text, CancellationToken stop);

    /// <summary>Whoever takes what phones send, from now on; until then they are asked to come back.</summary>
    void HandTo(IPhoneTextTaker taker);
}

/// <summary>Takes what phones send.</summary>
public interface IPhoneTextTaker
{
    ValueTask<PhoneTextVerdict> TakeAsync(TextOfPhone text, CancellationToken stop);
}
