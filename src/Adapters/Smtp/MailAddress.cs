using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>Reads one mail address strictly: one mailbox, no list, no group, no line break, a domain.</summary>
public static class MailAddress
{
    /// <summary>RFC 5321, section 4.5.3.1.3: 256 with the angle brackets.</summary>
    private const int LengthMax = 254;

    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    public static bool TryParse(string text, [NotNullWhen(true)] out MailboxAddress? mailbox)
    {
        mailbox = null;
        if (text.Any(char.IsControl)
            || !MailboxAddress.TryParse(Strict, text, out MailboxAddress? parsed)
            || parsed.Address.Length > LengthMax
            || parsed.LocalPart.Length == 0
            || parsed.Domain.Length == 0
            || parsed.Address.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter))
            || parsed.Route.Count > 0)
        {
            return false;
        }

        mailbox = parsed;
        return true;
    }
}
