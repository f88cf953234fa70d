using System.Diagnostics;

namespace Ringwright.Switch;

/// <summary>
/// Does outside what shards ask for. Whose an effect is is decided here, once: a node and whoever stands in for one have a member for each
/// kind, so that none is dropped and a new one is seen by the compiler.
/// </summary>
public abstract class EffectInterpreter
{
    public void Run(Effect effect)
    {
        switch (effect)
        {
            case Effect.Transmit transmit:
                Perform(transmit);
                break;
            case Effect.Append append:
                Perform(append);
                break;
            case Effect.KeepRecoveryBye keepRecoveryBye:
                Perform(keepRecoveryBye);
                break;
            case Effect.RecoveryByeSent recoveryByeSent:
                Perform(recoveryByeSent);
                break;
            case Effect.PreparePrompt preparePrompt:
                Perform(preparePrompt);
                break;
            case Effect.Resolve resolve:
                Perform(resolve);
                break;
            case Effect.FindHost findHost:
                Perform(findHost);
                break;
            case Effect.Media media:
                Perform(media);
                break;
            case Effect.KeepRecording keepRecording:
                Perform(keepRecording);
                break;
            case Effect.OpenLiveAudio openLiveAudio:
                Perform(openLiveAudio);
                break;
            case Effect.PressOnLiveAudio pressOnLiveAudio:
                Perform(pressOnLiveAudio);
                break;
            case Effect.CloseLiveAudio closeLiveAudio:
                Perform(closeLiveAudio);
                break;
            case Effect.FinishLiveAudio finishLiveAudio:
                Perform(finishLiveAudio);
                break;
            case Effect.DialogBegan dialogBegan:
                Perform(dialogBegan);
                break;
            case Effect.Passed passed:
                Perform(passed);
                break;
            case Effect.Send send:
                Perform(send);
                break;
            case Effect.RegistrationChanged registrationChanged:
                Perform(registrationChanged);
                break;
            case Effect.RegisterRefused registerRefused:
                Perform(registerRefused);
                break;
            case Effect.CallRefused callRefused:
                Perform(callRefused);
                break;
            case Effect.TrunkRegistered trunkRegistered:
                Perform(trunkRegistered);
                break;
            case Effect.TrunkNews trunkNews:
                Perform(trunkNews);
                break;
            case Effect.TrunkRefused trunkRefused:
                Perform(trunkRefused);
                break;
            case Effect.TrunkProbed trunkProbed:
                Perform(trunkProbed);
                break;
            case Effect.AwaitGate awaitGate:
                Perform(awaitGate);
                break;
            case Effect.GateLeave gateLeave:
                Perform(gateLeave);
                break;
            case Effect.Acknowledge acknowledge:
                Perform(acknowledge);
                break;
            case Effect.Pinged pinged:
                Perform(pinged);
                break;
            case Effect.TextAnswered textAnswered:
                Perform(textAnswered);
                break;
            case Effect.TextCame textCame:
                Perform(textCame);
                break;
            case Effect.RequestRefused requestRefused:
                Perform(requestRefused);
                break;
            case Effect.Noted noted:
                Perform(noted);
                break;
            case Effect.Failed failed:
                Perform(failed);
                break;
            default:
                throw new UnreachableException();
        }
    }

    protected abstract void Perform(Effect.Transmit transmit);
    protected abstract void Perform(Effect.Append append);
    protected abstract void Perform(Effect.KeepRecoveryBye keepRecoveryBye);
    protected abstract void Perform(Effect.RecoveryByeSent recoveryByeSent);
    protected abstract void Perform(Effect.PreparePrompt preparePrompt);
    protected abstract void Perform(Effect.Resolve resolve);
    protected abstract void Perform(Effect.FindHost findHost);
    protected abstract void Perform(Effect.Media media);
    protected abstract void Perform(Effect.KeepRecording keepRecording);
    protected abstract void Perform(Effect.OpenLiveAudio openLiveAudio);
    protected abstract void Perform(Effect.PressOnLiveAudio pressOnLiveAudio);
    protected abstract void Perform(Effect.CloseLiveAudio closeLiveAudio);
    protected abstract void Perform(Effect.FinishLiveAudio finishLiveAudio);
    protected abstract void Perform(Effect.DialogBegan dialogBegan);
    protected abstract void Perform(Effect.Passed passed);
    protected abstract void Perform(Effect.Send send);
    protected abstract void Perform(Effect.RegistrationChanged registrationChanged);
    protected abstract void Perform(Effect.RegisterRefused registerRefused);
    protected abstract void Perform(Effect.CallRefused callRefused);
    protected abstract void Perform(Effect.TrunkRegistered trunkRegistered);
    protected abstract void Perform(Effect.TrunkNews trunkNews);
    protected abstract void Perform(Effect.TrunkRefused trunkRefused);
    protected abstract void Perform(Effect.TrunkProbed trunkProbed);
    protected abstract void Perform(Effect.AwaitGate awaitGate);
    protected abstract void Perform(Effect.GateLeave gateLeave);
    protected abstract void Perform(Effect.Acknowledge acknowledge);
    protected abstract void Perform(Effect.Pinged pinged);
    protected abstract void Perform(Effect.TextAnswered textAnswered);
    protected abstract void Perform(Effect.TextCame textCame);
    protected abstract void Perform(Effect.RequestRefused requestRefused);
    protected abstract void Perform(Effect.Noted noted);
    protected abstract void Perform(Effect.Failed failed);
}
