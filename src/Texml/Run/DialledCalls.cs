using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Run;

/// <summary>The calls that documents have placed and that are not over: their programs find whom they belong to.</summary>
internal sealed class DialledCalls
{
    private readonly ConcurrentDictionary<string, DialledCall> _live = new(StringComparer.Ordinal);

    /// <summary>Dials under way.</summary>
    public int Count => _live.Count;

    public DialledCall Add(DialledCall dialled) => _live[dialled.Target] = dialled;

    public void Remove(DialledCall dialled) => _live.TryRemove(dialled.Target, out _);

    /// <summary>Null when the document that placed it is gone.</summary>
    public DialledCall? Find(string target) => _live.GetValueOrDefault(target);
}

/// <summary>One Dial, as its legs report to it.</summary>
/// <param name="whisper">For who answers, before the two are joined; null joins them at once.</param>
/// <param name="tell">Called on any thread.</param>
internal sealed class DialledCall(Step.Go? whisper, Action<DialledNews> tell, bool isTwiml)
{
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _dismissed = new();

    /// <summary>Of the legs' application.</summary>
    public string Target { get; } = $"{(isTwiml ? TwimlLanguage.DialledTarget : "dialled")}:{Guid.NewGuid():N}";

    public Step.Go? Whisper => whisper;

    /// <summary>Nobody wants them any more.</summary>
    public CancellationToken Dismissed => _dismissed.Token;

    /// <summary>It is one of those that rang for this Dial.</summary>
    public bool Has(LegFacts leg) => leg.Application.Target == Target;

    public void Tell(DialledNews news) => tell(news);

    /// <summary>All that are still up are hung up.</summary>
    public void HangUp() => _dismissed.CancelLater();
}

/// <summary>What has become of one leg of a Dial.</summary>
internal abstract record DialledNews(LegFacts Leg)
{
    /// <summary>Its party is there, and has heard what was to be heard.</summary>
    public sealed record Ready(LegFacts Leg) : DialledNews(Leg)
    {
        /// <inheritdoc cref="CallEvent.LegEnded.Answer"/>
        public SipAnswer? Answer { get; init; }
    }

    /// <summary>It has a document of its own from now on.</summary>
    public sealed record Gone(LegFacts Leg) : DialledNews(Leg);

    /// <summary>Its party wants the caller connected to somebody else.</summary>
    /// <param name="Target">As a URI.</param>
    public sealed record Refers(LegFacts Leg, string Target) : DialledNews(Leg)
    {
        private readonly TaskCompletionSource<bool> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the caller goes on without that party.</summary>
        public Task<bool> Decision => _decision.Task;

        public void Decide(bool goesOn) => _decision.TrySetResult(goesOn);
    }

    public sealed record Over(CallEvent.LegEnded How) : DialledNews(How.Leg);
}
