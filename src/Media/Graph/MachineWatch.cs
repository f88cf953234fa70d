using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp.Detection;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Graph;

/// <summary>Puts what a port hears to the <see cref="MachineDetector"/> and tells its findings. Most ports never have one.</summary>
internal sealed class MachineWatch(Queue<MediaEvent> events)
{
    private const int UsualRate = 8_000;

    private MachineDetector? _detector;
    private int _sampleRate = UsualRate;

    public bool IsOn => _detector is { IsOn: true };

    public void Start(MachineDetection terms) => (_detector ??= new()).Start(terms, _sampleRate);

    public void Configure(int sampleRate)
    {
        _sampleRate = sampleRate;
        if (IsOn) _detector!.Configure(sampleRate);     // on means that it is there
    }

    public void Stop() => _detector?.Stop();

    public void Tick(Subject owner, PortId port, ReadOnlySpan<short> samples)
    {
        if (_detector is not { IsOn: true } detector) return;
        var finding = detector.Handle(samples);
        if (finding is MachineFinding.Verdict)
        {
            events.Enqueue(new MediaEvent.MachineJudged(owner, port, detector.Verdict, detector.Evidence()));
            finding = detector.Next();
        }
        if (finding is MachineFinding.GreetingEnd)
            events.Enqueue(new MediaEvent.GreetingEnded(owner, port, detector.Greeting, detector.Rule));
    }
}
